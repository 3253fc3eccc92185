using System.Collections.Immutable;
using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Routing;

/// <summary>What a version is to be published as; what is null is as the configuration says. Immutable.</summary>
/// <param name="Version">The version.</param>
/// <param name="As">What it becomes.</param>
/// <param name="Share">Buckets that a canary holds, or of a shadow.</param>
/// <param name="Steps">Shares of a canary's plan, in buckets, growing to 10,000.</param>
/// <param name="Hold">How long each step lasts at least.</param>
/// <param name="Gates">Changes the configured gates.</param>
public sealed record PublishRequest(
    long Version,
    PublicationKind As,
    int? Share = null,
    ImmutableArray<int>? Steps = null,
    TimeSpan? Hold = null,
    Func<GateOptions, GateOptions>? Gates = null);
