namespace Serving.Features.Binding.Tree;

/// <summary><c>-x</c> of a number; ints and decimals saturate (R102).</summary>
internal sealed record BoundNegation(BoundExpression Operand) : BoundExpression(Operand.Type);
