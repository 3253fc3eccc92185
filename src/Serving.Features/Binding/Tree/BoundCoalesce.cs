namespace Serving.Features.Binding.Tree;

/// <summary><c>left ?? right</c>, both of one type apart from the question mark (R19).</summary>
internal sealed record BoundCoalesce(BoundExpression Left, BoundExpression Right)
    : BoundExpression(Left.Type.With(Right.Type.Optional));
