namespace Serving.State;

/// <summary>
/// From when on a store has the events of a log: what came before is in it only where a backfill wrote it.
/// </summary>
/// <param name="SinceMs">Milliseconds of the Unix epoch: events known from here on are there.</param>
/// <param name="IsFilled">
/// Whether a backfill wrote what was before: then nothing is missing that anybody has, however short it is.
/// </param>
public readonly record struct LogHistory(long SinceMs, bool IsFilled)
{
    /// <summary>What two notes of one log say together: the earlier begin, and filled if one of them is.</summary>
    public LogHistory With(LogHistory other) =>
        new(Math.Min(SinceMs, other.SinceMs), IsFilled || other.IsFilled);
}
