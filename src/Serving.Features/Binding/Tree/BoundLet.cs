using System.Collections.Immutable;

namespace Serving.Features.Binding.Tree;

/// <summary>A let: a cell and its value for each member of its family.</summary>
internal sealed record BoundLet(string Name, ImmutableArray<(Cell Cell, BoundExpression Value)> Members)
    : BoundStatement(Name);
