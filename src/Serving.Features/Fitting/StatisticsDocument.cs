using System.Collections.Immutable;
using System.Text;
using Serving.Data.Time;

namespace Serving.Features.Fitting;

/// <summary>All that a statistics file holds. Immutable.</summary>
internal sealed record StatisticsDocument
{
    /// <summary>Name and version of the file's layout.</summary>
    public const string FormatName = "serving-statistics-1";

    /// <summary>Version of the feature language.</summary>
    public const long LanguageVersion = 1;

    /// <summary>Version of Unicode that fold follows (R66).</summary>
    public const string UnicodeVersionPinned = "15.0";

    public StatisticsDocument()
    {
    }

    public StatisticsDocument(FeatureScript script, FittingOptions options)
    {
        ScriptName = script.Name;
        ScriptVersion = script.Version;
        ScriptText = Encoding.UTF8.GetString(script.Utf8.Span);
        ScriptSha256 = script.Sha256;
        TzdbVersion = ZoneTable.TzdbVersion;
        (From, Until, Where) = (options.From, options.Until, options.Where);
    }

    public string ScriptName { get; init; } = "";

    public long ScriptVersion { get; init; }

    public string ScriptText { get; init; } = "";

    public string ScriptSha256 { get; init; } = "";

    public long Language { get; init; } = LanguageVersion;

    public string TzdbVersion { get; init; } = "";

    public string UnicodeVersion { get; init; } = UnicodeVersionPinned;

    public long? From { get; init; }

    public long? Until { get; init; }

    public string? Where { get; init; }

    public FittingFacts Facts { get; init; }

    /// <summary>By member (ordinal), then position.</summary>
    public ImmutableArray<StatisticsEntry> Entries { get; init; } = [];

    /// <summary>This with what a pass found.</summary>
    public StatisticsDocument With(FittingWorker found)
    {
        IEnumerable<StatisticsEntry> entries = found.Members.SelectMany(
            accumulator => accumulator.Finish().Select(step => StatisticsEntry.Of(accumulator.Member, step)));
        return this with
        {
            Facts = found.Facts with { Saturations = found.Facts.Saturations + Facts.Saturations },
            Entries = Sorted([.. Entries, .. entries]),
        };
    }

    /// <summary>Entries in the file's order.</summary>
    public static ImmutableArray<StatisticsEntry> Sorted(ImmutableArray<StatisticsEntry> entries) =>
        [.. entries.OrderBy(entry => entry.Member, StringComparer.Ordinal).ThenBy(entry => entry.Position)];
}
