using System.Collections.Immutable;

namespace Serving.Engine.Predictions.Replays;

/// <summary>What a replay found. Immutable.</summary>
public sealed record ReplayReport
{
    /// <summary>Most differences that are listed.</summary>
    public const int DifferencesShownMax = 1000;

    /// <summary>Answers.</summary>
    public required long Records { get; init; }

    /// <summary>Answers that their recorded state gives again, bit for bit.</summary>
    public required long Equal { get; init; }

    /// <summary>Answers that it does not give.</summary>
    public required long Different { get; init; }

    /// <summary>
    /// Answers whose state cannot be rebuilt, since the record of an append is gone: their score is recomputed from the
    /// features that they tell.
    /// </summary>
    public required long FromFeatures { get; init; }

    /// <summary>
    /// Answers whose request is masked and could not be opened: they are rescored from their features, and counted
    /// there too.
    /// </summary>
    public required long Masked { get; init; }

    /// <summary>Answers by how they compare with history alone.</summary>
    public required ImmutableDictionary<HistoryClass, long> History { get; init; }

    /// <summary>The differences, at most <see cref="DifferencesShownMax"/>.</summary>
    public required ImmutableArray<ReplayDifference> Differences { get; init; }
}
