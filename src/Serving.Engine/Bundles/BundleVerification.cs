using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Engine.Bundles;

/// <summary>What verifying a bundle found. Immutable.</summary>
/// <param name="Problems">The first problems, at most 50.</param>
/// <param name="ProblemCount">How many there are.</param>
/// <param name="Description">What the bundle is; null where it could not be built.</param>
public sealed record BundleVerification(
    ImmutableArray<InputProblem> Problems, long ProblemCount, BundleDescription? Description)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsOk => ProblemCount == 0;
}
