using System.Collections.Immutable;
using Serving.Engine.Versions;

namespace Serving.Engine.Routing;

/// <summary>A version and what it did since it was loaded. Immutable.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Rate">Requests per second of late.</param>
/// <param name="Requests">Requests, pinned ones too.</param>
/// <param name="Errors">Those without an answer.</param>
/// <param name="Degraded">Those with a degraded answer.</param>
/// <param name="P50Ms">Median of the server's own time, in ms.</param>
/// <param name="P99Ms">The time that one of a hundred exceeds, in ms.</param>
/// <param name="Scores">Counts of scores in 50 equal parts of 0 to 1; what lies outside is in the outer ones.</param>
public sealed record VersionTraffic(
    VersionStatus Status,
    double Rate,
    long Requests,
    long Errors,
    long Degraded,
    double P50Ms,
    double P99Ms,
    ImmutableArray<long> Scores);
