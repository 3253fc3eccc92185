using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary>
/// A comparison of two values of one kind: bool, int (ids too), decimal of one scale, float, time, or string by UTF-8
/// bytes (R20, R21). Missing when an operand is.
/// </summary>
internal sealed record BoundComparison(ComparisonOperator Operator, BoundExpression Left, BoundExpression Right)
    : BoundExpression(ScriptType.Bool.With(Left.Type.Optional || Right.Type.Optional));
