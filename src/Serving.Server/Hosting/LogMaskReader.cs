using System.Collections.Immutable;
using Serving.Server.Rest;

namespace Serving.Server.Hosting;

/// <summary>Reads <c>log-mask: { MODEL: [FIELD, ...] }</c>.</summary>
internal static class LogMaskReader
{
    /// <summary>Name of the option.</summary>
    public const string Name = "log-mask";

    private const string Expected = "model names with lists of fields, such as { card-fraud: [email] }";

    /// <summary>The options with the masks.</summary>
    public static ServerOptions Read(OptionNode node, ServerOptions options, OptionProblems problems)
    {
        if (node.Members is not { } members)
        {
            problems.Add(node, Expected);
            return options;
        }

        var masks = options.LogOptions.Masks;
        foreach ((string model, OptionNode fields) in members)
        {
            ImmutableArray<string> names = [.. (fields.Items ?? []).Select(item => item.Text ?? "")];
            if (!ModelName.IsValid(model) || names.IsEmpty || names.Contains(""))
            {
                problems.Add(fields, Expected);
            }
            else
            {
                masks = masks.SetItem(model, names);
            }
        }

        return options with { LogOptions = options.LogOptions with { Masks = masks } };
    }
}
