using System.Collections.Immutable;

namespace Serving.Features.Binding.Tree;

/// <summary>A feature with the members of its family.</summary>
internal sealed record BoundFeature(string Name, ImmutableArray<BoundFeatureMember> Members) : BoundStatement(Name);
