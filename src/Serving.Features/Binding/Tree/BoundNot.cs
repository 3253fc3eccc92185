namespace Serving.Features.Binding.Tree;

/// <summary><c>not x</c> of a bool; missing stays missing (R18).</summary>
internal sealed record BoundNot(BoundExpression Operand) : BoundExpression(Operand.Type);
