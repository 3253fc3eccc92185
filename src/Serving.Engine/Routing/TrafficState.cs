using System.Collections.Immutable;

namespace Serving.Engine.Routing;

/// <summary>
/// All that people and gates decided about one model's traffic: the durable part of its table. Immutable; an act makes
/// another one.
/// </summary>
/// <remarks>
/// Before the first act (<see cref="Generation"/> 0) the stable version is the highest Ready one, and this is derived
/// from what is Ready; afterwards it is what the last act left, whatever is found in the folder.
/// </remarks>
public sealed record TrafficState
{
    /// <summary>No shares.</summary>
    public static readonly ImmutableSortedDictionary<long, int> NoShares = ImmutableSortedDictionary<long, int>.Empty;

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Number of acts until now.</summary>
    public long Generation { get; init; }

    /// <summary>The request's field by whose value traffic is split; null: by the request's id.</summary>
    public string? By { get; init; }

    /// <summary>Buckets of each version that answers; together 10,000, or empty without a stable version.</summary>
    public ImmutableSortedDictionary<long, int> Split { get; init; } = NoShares;

    /// <summary>Buckets of each version that gets copies.</summary>
    public ImmutableSortedDictionary<long, int> Shadow { get; init; } = NoShares;

    /// <summary>The stable version, or 0.</summary>
    public long Stable { get; init; }

    /// <summary>The canary, or 0.</summary>
    public long Canary { get; init; }

    /// <summary>The version that was stable before, or 0.</summary>
    public long Previous { get; init; }

    /// <summary>Until when the previous version is kept Ready.</summary>
    public DateTimeOffset PreviousUntil { get; init; }

    /// <summary>How the canary's share grows; null without a canary that is judged.</summary>
    public CanaryPlan? Plan { get; init; }

    /// <summary>The stable version's time on trial; null when it is over.</summary>
    public TrafficGuard? Guard { get; init; }

    /// <summary>What waits for its version to be Ready.</summary>
    public Publication? Pending { get; init; }

    /// <summary>
    /// Versions that have lost what they had: not kept Ready, whatever stands in the folder, until they are named
    /// again.
    /// </summary>
    public ImmutableSortedSet<long> Dropped { get; init; } = [];

    /// <summary>
    /// Versions that were named to be loaded; only these and those in use load under explicit control.
    /// </summary>
    public ImmutableSortedSet<long> Loaded { get; init; } = [];

    /// <summary>What was done last; null before the first act.</summary>
    public TrafficAct? Last { get; init; }

    /// <summary>Whether a version has a share, a shadow or a label, or is waited for.</summary>
    public bool IsInUse(long version) =>
        version == Stable || version == Canary || version == Previous || version == Pending?.Version
        || ShareOf(version) > 0 || Shadow.GetValueOrDefault(version) > 0;

    /// <summary>Buckets of a version.</summary>
    public int ShareOf(long version) => Split.GetValueOrDefault(version);

    /// <summary>The version that a label stands for, or 0.</summary>
    public long VersionOf(string label) => label switch
    {
        RouteLabel.Stable => Stable,
        RouteLabel.Canary => Canary,
        RouteLabel.Previous => Previous,
        _ => 0,
    };

    /// <summary>Why a version was chosen for a request that named none.</summary>
    public RouteKind KindOf(long version) =>
        version == Stable ? RouteKind.Stable
        : version == Canary ? RouteKind.Canary
        : version == Previous ? RouteKind.Previous
        : RouteKind.Share;
}
