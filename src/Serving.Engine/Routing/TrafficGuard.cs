using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Routing;

/// <summary>
/// A stable version that is still judged, against the last window of the one before it. Immutable.
/// </summary>
/// <param name="Version">The stable version.</param>
/// <param name="Against">The one before it.</param>
/// <param name="Since">When it became stable.</param>
/// <param name="Until">When it is trusted.</param>
/// <param name="Gates">What it is judged by.</param>
public sealed record TrafficGuard(
    long Version, long Against, DateTimeOffset Since, DateTimeOffset Until, GateOptions Gates);
