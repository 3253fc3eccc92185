using System.Collections.Immutable;
using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary>
/// XXH64 of the little-endian unseeded digests of the members in order, under the seed of the feature (section 3.6,
/// R70, R71): a digest, or with one list member a list of digests. A missing member makes it missing.
/// </summary>
internal sealed record BoundCross(ImmutableArray<BoundExpression> Members, ulong Seed, ScriptType Type)
    : BoundExpression(Type);
