using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary><c>x is missing</c>, or <c>x is not missing</c>.</summary>
internal sealed record BoundIsMissing(BoundExpression Operand, bool IsNegated) : BoundExpression(ScriptType.Bool);
