using System.Collections.Immutable;
using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Routing;

/// <summary>
/// What a version is to become: at once where it is Ready, else as soon as it is. Immutable.
/// </summary>
/// <param name="Version">The version.</param>
/// <param name="As">What it becomes.</param>
/// <param name="Share">Buckets of a canary that holds them, or of a shadow; null runs the plan.</param>
/// <param name="Steps">Shares of the plan, in buckets.</param>
/// <param name="Hold">How long each step lasts at least.</param>
/// <param name="Gates">What it is judged by.</param>
public sealed record Publication(
    long Version, PublicationKind As, int? Share, ImmutableArray<int> Steps, TimeSpan Hold, GateOptions Gates);
