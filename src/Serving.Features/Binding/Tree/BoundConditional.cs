namespace Serving.Features.Binding.Tree;

/// <summary>
/// <c>if condition then a else b</c>: the condition is never missing, both branches have one type (R19).
/// </summary>
internal sealed record BoundConditional(BoundExpression Condition, BoundExpression Then, BoundExpression Else)
    : BoundExpression(Then.Type.With(Then.Type.Optional || Else.Type.Optional));
