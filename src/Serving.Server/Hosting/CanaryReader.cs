using System.Collections.Immutable;
using Serving.Engine.Routing;

namespace Serving.Server.Hosting;

/// <summary>Reads how a canary's share grows: <c>{ steps: [1%, 10%, 50%, 100%], hold: 10m }</c>.</summary>
internal static class CanaryReader
{
    /// <summary>What steps look like.</summary>
    public const string Steps = "a list of growing shares of 0.01 to 100 %, the last 100%, such as [1%, 10%, 100%]";

    private const int StepsMax = 100;

    /// <summary>The options with what the mapping says; problems are noted.</summary>
    public static TrafficOptions Read(OptionNode node, TrafficOptions options, OptionProblems problems)
    {
        IReadOnlyDictionary<string, OptionNode>? keys = problems.Members(
            node, "a mapping such as { steps: [1%, 100%], hold: 10m }", "steps", "hold");
        if (keys?.GetValueOrDefault("steps") is { } stepsNode && ReadSteps(stepsNode, problems) is { } steps)
        {
            options = options with { Steps = steps };
        }

        if (keys?.GetValueOrDefault("hold") is { } hold
            && problems.Value(hold, OptionRules.Duration, ReadHold) is { } time)
        {
            options = options with { Hold = time };
        }

        return options;
    }

    /// <summary>Shares that grow to 100 %, in buckets; null, and noted, where they are none.</summary>
    public static ImmutableArray<int>? ReadSteps(OptionNode node, OptionProblems problems)
    {
        int last = 0;
        var steps = ImmutableArray.CreateBuilder<int>();
        foreach (OptionNode item in node.Items ?? [])
        {
            bool isShare = ReadShare(item) is { } share && share > last && steps.Count < StepsMax;
            last = isShare ? ReadShare(item)!.Value : int.MaxValue;
            steps.Add(last);
        }

        if (last != TrafficSplit.Buckets)
        {
            problems.Add(node, Steps);
            return null;
        }

        return steps.ToImmutable();
    }

    /// <summary>A share in buckets; null where it is none.</summary>
    public static int? ReadShare(OptionNode node) =>
        node.Text is { } text && OptionText.TryPercent(text, node.IsNumber, out decimal percent)
        && SharePercent.TryBuckets(percent, out int buckets)
            ? buckets
            : null;

    /// <summary>How long a step lasts; null where it is no duration.</summary>
    public static TimeSpan? ReadHold(OptionNode node) =>
        OptionText.TryDuration(node.Text!, out TimeSpan value) ? value : null;
}
