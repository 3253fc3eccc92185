namespace Serving.Features.Binding.Tree;

/// <summary>The value of an earlier let or feature: a use of its cell.</summary>
internal sealed record BoundCell(Cell Cell) : BoundExpression(Cell.Type);
