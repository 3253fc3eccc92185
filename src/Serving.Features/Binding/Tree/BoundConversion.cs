using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary>An int or decimal as the nearest binary64 (R9, R11), ties to even.</summary>
internal sealed record BoundConversion(BoundExpression Operand)
    : BoundExpression(ScriptType.Float.With(Operand.Type.Optional));
