namespace Serving.Engine.Tests.Windows;

/// <summary>One drawn script with the stream of its events and what happens to stores meanwhile.</summary>
/// <param name="Seed">What it was drawn from.</param>
/// <param name="Lines">The script's declarations, one by one, so that a failing case can be made smaller.</param>
/// <param name="Arrivals">Requests and events in the order in which they come.</param>
internal sealed record WindowCase(ulong Seed, IReadOnlyList<string> Lines, IReadOnlyList<Arrival> Arrivals)
{
    /// <summary>
    /// Events known before this moment are written as blobs, the others come live; null: all come live.
    /// </summary>
    public long? CutMs { get; init; }

    /// <summary>Greatest number of rows of one call.</summary>
    public int BatchMost { get; init; } = 1;

    /// <summary>Whether rows of one call stand in another order than that of their times.</summary>
    public bool IsShuffled { get; init; }

    /// <summary>How far behind the newest known time compaction folds.</summary>
    public long MarginMs { get; init; } = 2000;

    public string Script => string.Join('\n', Lines) + "\n";
}
