using System.Numerics;
using Serving.Data.Numerics;

namespace Serving.State.Windows;

/// <summary>
/// The one rounding at the end of exact sums (R38 to R40): quotients of integers as the nearest binary64, ties to even.
/// Thread-safe; allocates only where a variance needs more than 128 bits.
/// </summary>
internal static class ExactResult
{
    private const long TwoTo53 = 1L << 53;

    // Two digits more than a binary64 and one in reserve; a last digit set to 1 stands for any rest.
    private const int QuotientBits = 57;

    private static readonly ulong[] Powers =
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    ];

    /// <summary>A sum saturated to 64 bits (R102), and whether it had to be.</summary>
    public static long Saturate(Int128 sum, out bool saturated)
    {
        long low = unchecked((long)sum);
        saturated = low != sum;
        return !saturated ? low : Int128.IsNegative(sum) ? long.MinValue : long.MaxValue;
    }

    /// <summary>A sum of minor units as a number: S / 10^scale.</summary>
    public static double Sum(Int128 sum, int scale) => Quotient(sum, Powers[scale]);

    /// <summary>S / (n * 10^scale). REQUIRES: n is not 0.</summary>
    public static double Mean(Int128 sum, long count, int scale) =>
        Quotient(sum, (UInt128)(ulong)count * Powers[scale]);

    /// <summary>(n * Q - S^2) / (n^2 * 10^(2 scale)). REQUIRES: n is not 0.</summary>
    public static double Variance(Int128 sum, Wide squares, long count, int scale)
    {
        UInt128 size = sum < 0 ? (UInt128)(-sum) : (UInt128)sum;
        UInt128 unit = (UInt128)(ulong)count * Powers[scale];
        bool isSmall = squares.IsSmall && unit < UInt128.One << 63 && size < UInt128.One << 63
            && UInt128.LeadingZeroCount(squares.Low) + UInt128.LeadingZeroCount((UInt128)(ulong)count) > 129;
        if (isSmall)
        {
            return Quotient((Int128)((squares.Low * (ulong)count) - (size * size)), unit * unit);
        }

        BigInteger exact = (squares.ToBigInteger() * count) - ((BigInteger)sum * (BigInteger)sum);
        return ExactRatio.ToDouble(exact, (BigInteger)unit * (BigInteger)unit);
    }

    /// <summary>The binary64 nearest to a quotient. REQUIRES: the divisor is not 0.</summary>
    public static double Quotient(Int128 dividend, UInt128 divisor)
    {
        if (dividend >= -TwoTo53 && dividend <= TwoTo53 && divisor <= TwoTo53)
        {
            return (double)(long)dividend / (double)(ulong)divisor;
        }

        UInt128 size = dividend < 0 ? unchecked((UInt128)(-dividend)) : (UInt128)dividend;
        double result = LongDivision(size, divisor);
        return dividend < 0 ? -result : result;
    }

    // One digit at a time: both numbers shifted to the same length, so that the first digit is 0 or 1. The dividend is
    // not 0 here: that is small, and a divisor above 2^53 alone gives 0 below as well.
    private static double LongDivision(UInt128 dividend, UInt128 divisor)
    {
        if (dividend == UInt128.Zero)
        {
            return 0.0;
        }

        // Below 2^127 the rest can be doubled without losing its first digit.
        int dividendShift = (int)UInt128.LeadingZeroCount(dividend) - 1;
        int divisorShift = (int)UInt128.LeadingZeroCount(divisor) - 1;
        if (dividendShift < 0 || divisorShift < 0)
        {
            return ExactRatio.ToDouble((BigInteger)dividend, (BigInteger)divisor);
        }

        UInt128 rest = dividend << dividendShift;
        UInt128 step = divisor << divisorShift;
        ulong quotient = 0;
        for (int digit = 0; digit < QuotientBits; digit++)
        {
            quotient <<= 1;
            if (rest >= step)
            {
                rest -= step;
                quotient |= 1;
            }

            rest <<= 1;
        }

        quotient |= rest == UInt128.Zero ? 0UL : 1UL;
        int exponent = divisorShift - dividendShift - (QuotientBits - 1);
        return (long)quotient * BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
    }
}
