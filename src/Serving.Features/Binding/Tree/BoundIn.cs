using System.Collections.Immutable;
using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary>
/// <c>x in [a, b]</c>: equal to one of the literals. A literal has the operand's type, or it is a float and the operand
/// is compared with it as a float (R20, R22). Missing when the operand is.
/// </summary>
internal sealed record BoundIn(BoundExpression Operand, ImmutableArray<BoundLiteral> Items)
    : BoundExpression(ScriptType.Bool.With(Operand.Type.Optional));
