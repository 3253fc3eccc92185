using System.Collections.Immutable;

namespace Serving.Engine.Routing.Gates;

/// <summary>Counts of a version at a moment, or between two. Immutable.</summary>
/// <param name="Requests">Requests.</param>
/// <param name="Errors">Those without an answer.</param>
/// <param name="Degraded">Those with a degraded answer.</param>
/// <param name="Rows">Rows whose features were looked at.</param>
/// <param name="Micros">The server's own time of each request, in microseconds.</param>
/// <param name="Scores">The scores.</param>
/// <param name="Missing">Missing values of each feature in <paramref name="Rows"/>.</param>
internal sealed record CounterReading(
    long Requests,
    long Errors,
    long Degraded,
    long Rows,
    BinCounts Micros,
    BinCounts Scores,
    ImmutableArray<long> Missing)
{
    /// <summary>What came since an earlier reading of the same counters.</summary>
    public CounterReading Since(CounterReading earlier) => new(
        Requests - earlier.Requests,
        Errors - earlier.Errors,
        Degraded - earlier.Degraded,
        Rows - earlier.Rows,
        Micros.Since(earlier.Micros),
        Scores.Since(earlier.Scores),
        [.. Missing.Select((count, index) => count - earlier.Missing[index])]);
}
