using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary>
/// An operation of two numbers of one type: int, decimal of one scale (no multiplication), or float (R9). The result
/// has that type, is missing when an operand is, and saturates (R13, R102).
/// </summary>
internal sealed record BoundArithmetic(
    ArithmeticOperator Operator, BoundExpression Left, BoundExpression Right, ScriptType Type) : BoundExpression(Type);
