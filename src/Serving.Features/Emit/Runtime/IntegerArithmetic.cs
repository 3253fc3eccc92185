using System.Runtime.CompilerServices;
using Serving.Data.Numerics;

namespace Serving.Features.Emit.Runtime;

/// <summary>Operations of ints and of decimals of one scale as emitted code calls them: they saturate (R102).</summary>
internal static class IntegerArithmetic
{
    private static readonly long[] PowersOfTen =
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    ];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long AddInt(long left, long right, CompiledFrame frame)
    {
        long sum = unchecked(left + right);
        return ((left ^ sum) & (right ^ sum)) < 0 ? Saturate(left < 0, frame) : sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SubtractInt(long left, long right, CompiledFrame frame)
    {
        long difference = unchecked(left - right);
        return ((left ^ right) & (left ^ difference)) < 0 ? Saturate(left < 0, frame) : difference;
    }

    public static long MultiplyInt(long left, long right, CompiledFrame frame)
    {
        long high = Math.BigMul(left, right, out long low);
        return high == low >> 63 ? low : Saturate(high < 0, frame);
    }

    /// <summary>
    /// Remainder with the sign of the dividend. REQUIRES: the divisor is not 0 (emitted code tests it).
    /// </summary>
    public static long RemainderInt(long left, long right) => right == -1 ? 0 : left % right;

    public static long NegateInt(long value, CompiledFrame frame) =>
        value == long.MinValue ? Saturate(false, frame) : -value;

    public static long AbsInt(long value, CompiledFrame frame) => value < 0 ? NegateInt(value, frame) : value;

    /// <summary>Greatest int at or below minor / 10^scale.</summary>
    public static long FloorDecimal(long minor, int scale)
    {
        (long quotient, long remainder) = Math.DivRem(minor, PowersOfTen[scale]);
        return remainder < 0 ? quotient - 1 : quotient;
    }

    /// <summary>Nearest int to minor / 10^scale, ties to even.</summary>
    public static long RoundDecimal(long minor, int scale) => DecimalConversion.Rescale(minor, scale, 0);

    public static long RescaleDecimal(long minor, int from, int to, CompiledFrame frame)
    {
        long result = DecimalConversion.Rescale(minor, from, to, out bool saturated);
        if (saturated)
        {
            frame.CountSaturation();
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Saturate(bool negative, CompiledFrame frame)
    {
        frame.CountSaturation();
        return negative ? long.MinValue : long.MaxValue;
    }
}
