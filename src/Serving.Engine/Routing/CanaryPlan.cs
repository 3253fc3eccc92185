using System.Collections.Immutable;
using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Routing;

/// <summary>How a canary's share grows. Immutable.</summary>
/// <param name="Version">The canary.</param>
/// <param name="Steps">Its shares in buckets, growing; the last is 10,000 in a plan that ends with a promotion.</param>
/// <param name="Step">Place of the share that it has now.</param>
/// <param name="Hold">How long each step lasts at least.</param>
/// <param name="IsHeld">Whether it keeps its share until a person acts: it was published with a share.</param>
/// <param name="Since">When the step began.</param>
/// <param name="Gates">What it is judged by.</param>
public sealed record CanaryPlan(
    long Version,
    ImmutableArray<int> Steps,
    int Step,
    TimeSpan Hold,
    bool IsHeld,
    DateTimeOffset Since,
    GateOptions Gates)
{
    /// <summary>The share that it has now, in buckets.</summary>
    public int Share => Steps[Step];
}
