using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary><c>and</c>, <c>or</c>: strict, missing when any operand is missing (R18).</summary>
internal sealed record BoundLogical(bool IsAnd, BoundExpression Left, BoundExpression Right)
    : BoundExpression(ScriptType.Bool.With(Left.Type.Optional || Right.Type.Optional));
