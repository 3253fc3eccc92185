using System.Collections.Immutable;
using Serving.Engine.Routing;
using Serving.NativeModels.Hosting;
using Serving.Server.Rest;

namespace Serving.Server.Hosting;

/// <summary>
/// Options of a file that are mappings: canary, gates, masks, tensor models, and what single models say for themselves.
/// </summary>
internal static class NestedOptions
{
    private const string Canary = "canary";
    private const string Gates = "gates";
    private static readonly string[] s_ofModels =
        ["deadline", "by", Canary, Gates, .. TensorOptionReader.ModelKeys];

    /// <summary>Names of those that are nothing but a mapping.</summary>
    public static ImmutableArray<string> Names { get; } = [Canary, Gates, LogMaskReader.Name, TensorOptionReader.Name];

    /// <summary>The options with what the mappings say: what is of all models first, whatever their order.</summary>
    public static ServerOptions Apply(ServerOptions options, List<OptionNode> nodes, OptionProblems problems)
    {
        foreach (OptionNode node in nodes.Where(node => node.Name != OptionRules.ModelsKey))
        {
            options = node.Name switch
            {
                LogMaskReader.Name => LogMaskReader.Read(node, options, problems),
                TensorOptionReader.Name => TensorOptionReader.ReadDefaults(node, options, problems),
                _ => options with { Traffic = Change(options.Traffic, node.Name, node, problems) },
            };
        }

        foreach (OptionNode node in nodes.Where(node => node.Name == OptionRules.ModelsKey))
        {
            foreach ((string model, OptionNode own) in node.Members!)
            {
                options = ApplyModel(options, model, own, problems);
            }
        }

        return options;
    }

    private static ServerOptions ApplyModel(
        ServerOptions options, string model, OptionNode node, OptionProblems problems)
    {
        const string Expected = "a model's name with a mapping, such as NAME: { deadline: 50ms }";
        if (!ModelName.IsValid(model))
        {
            problems.Add(node with { Text = model, Members = null }, Expected);
            return options;
        }

        TrafficOptions traffic = options.Traffic;
        NativeModelOptions tensors = options.TensorDefaults;
        foreach ((string key, OptionNode value) in problems.Members(node, Expected, s_ofModels) ?? NoMembers)
        {
            if (key == "deadline")
            {
                TimeSpan? deadline = problems.Value<TimeSpan>(
                    value, OptionRules.Duration, n => OptionRules.TryDeadline(n.Text!, out TimeSpan v) ? v : null);
                options = deadline is null
                    ? options
                    : options with { ModelDeadlines = options.ModelDeadlines.SetItem(model, deadline.Value) };
            }
            else if (TensorOptionReader.ModelKeys.Contains(key))
            {
                tensors = TensorOptionReader.Change(tensors, key, value, problems);
            }
            else
            {
                traffic = Change(traffic, key, value, problems);
            }
        }

        options = tensors == options.TensorDefaults
            ? options
            : options with { TensorModels = options.TensorModels.SetItem(model, tensors) };
        return traffic == options.Traffic
            ? options
            : options with { ModelTraffic = options.ModelTraffic.SetItem(model, traffic) };
    }

    private static ImmutableDictionary<string, OptionNode> NoMembers => ImmutableDictionary<string, OptionNode>.Empty;

    private static TrafficOptions Change(
        TrafficOptions traffic, string key, OptionNode node, OptionProblems problems)
    {
        switch (key)
        {
            case Canary:
                return CanaryReader.Read(node, traffic, problems);
            case Gates:
                return traffic with { Gates = GateReader.Read(node, problems)(traffic.Gates) };
            default:
                if (string.IsNullOrEmpty(node.Text))
                {
                    problems.Add(node, "the name of a request's field");
                    return traffic;
                }

                return traffic with { By = node.Text };
        }
    }
}
