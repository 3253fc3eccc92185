using System.Numerics;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Evaluation;

/// <summary>The five operations on two present numbers of one type (R9).</summary>
internal static class InterpretedArithmetic
{
    public static Value? Apply(ArithmeticOperator operation, Value left, Value right, InterpretedFrame frame) =>
        left.Kind == TypeKind.Float
            ? ApplyToFloats(operation, left.Real, right.Real, frame)
            : ApplyToWholes(operation, left, right, frame);

    public static Value Negate(Value operand, InterpretedFrame frame) => operand.Kind == TypeKind.Float
        ? Value.OfFloat(frame.Saturate(-operand.Real))
        : SameType(operand, frame.Saturate(-operand.Whole));

    public static Value Abs(Value operand, InterpretedFrame frame) => operand.Kind == TypeKind.Float
        ? Value.OfFloat(frame.Saturate(Math.Abs(operand.Real)))
        : SameType(operand, frame.Saturate(BigInteger.Abs(operand.Whole)));

    private static Value? ApplyToWholes(ArithmeticOperator operation, Value left, Value right, InterpretedFrame frame)
    {
        // Decimals of one scale add, subtract and leave remainders as their minor units do; only ints are multiplied.
        switch (operation)
        {
            case ArithmeticOperator.Add:
                return SameType(left, frame.Saturate(left.Whole + right.Whole));
            case ArithmeticOperator.Subtract:
                return SameType(left, frame.Saturate(left.Whole - right.Whole));
            case ArithmeticOperator.Multiply:
                return SameType(left, frame.Saturate(left.Whole * right.Whole));
            case ArithmeticOperator.Remainder:
                // R12: truncated division, so the sign of the dividend; missing when the divisor is 0.
                return right.Whole.IsZero ? null : SameType(left, BigInteger.Remainder(left.Whole, right.Whole));
            default:
                throw new InvalidOperationException("a division is always one of floats (R10)");
        }
    }

    private static Value? ApplyToFloats(ArithmeticOperator operation, double left, double right, InterpretedFrame frame)
    {
        switch (operation)
        {
            case ArithmeticOperator.Add:
                return Value.OfFloat(frame.Saturate(left + right));
            case ArithmeticOperator.Subtract:
                return Value.OfFloat(frame.Saturate(left - right));
            case ArithmeticOperator.Multiply:
                return Value.OfFloat(frame.Saturate(left * right));
            case ArithmeticOperator.Divide:
                // R10: missing when the divisor is 0.
                return right == 0 ? null : Value.OfFloat(frame.Saturate(left / right));
            default:
                // R12: the exact remainder of truncated division; it is a double, so that nothing is rounded.
                return right == 0 ? null : Value.OfFloat(frame.Saturate(ExactRemainder(left, right)));
        }
    }

    private static double ExactRemainder(double left, double right)
    {
        ExactNumber a = ExactNumber.Of(left);
        ExactNumber b = ExactNumber.Of(right);

        // Over the common denominator the remainder of the numbers is the remainder of the numerators.
        BigInteger remainder = BigInteger.Remainder(a.Numerator * b.Denominator, b.Numerator * a.Denominator);
        return new ExactNumber(remainder, a.Denominator * b.Denominator).ToDouble();
    }

    private static Value SameType(Value like, BigInteger whole) =>
        like.Kind == TypeKind.Decimal ? Value.OfDecimal(whole, like.Scale) : Value.OfInt(whole);
}
