using System.Numerics;

namespace Serving.Features.Fitting;

/// <summary>Rounds exact fractions to the nearest binary64, ties to even; beyond the finite range it saturates.</summary>
internal static class ExactRounding
{
    private const int ExponentLeast = -1074;

    // Bits of the quotient that are computed: enough for a significand of 53 and its guard bits.
    private const int QuotientBits = 66;

    /// <summary>The binary64 nearest to numerator / denominator * 2^exponent. REQUIRES: denominator > 0.</summary>
    public static double Round(BigInteger numerator, BigInteger denominator, int exponent)
    {
        BigInteger size = BigInteger.Abs(numerator);
        if (size.IsZero)
        {
            return 0.0;
        }

        int shift = (int)Math.Max(0, QuotientBits - (size.GetBitLength() - denominator.GetBitLength()));
        BigInteger quotient = BigInteger.DivRem(size << shift, denominator, out BigInteger remainder);
        double rounded = Round(quotient, exponent - shift, !remainder.IsZero);
        return numerator.Sign < 0 ? -rounded : rounded;
    }

    // The binary64 nearest to value * 2^exponent; isInexact: a little more than that.
    private static double Round(BigInteger value, int exponent, bool isInexact)
    {
        long bits = value.GetBitLength();
        long drop = Math.Max(bits - 53, ExponentLeast - (long)exponent);
        if (drop > bits)
        {
            return 0.0;
        }

        BigInteger significand = value >> (int)drop;
        BigInteger twiceRest = (value - (significand << (int)drop)) << 1;
        int order = twiceRest.CompareTo(BigInteger.One << (int)drop);
        if (order > 0 || (order == 0 && (isInexact || !significand.IsEven)))
        {
            significand++;
        }

        // The significand is at most 2^53 and the scaling exact, so one call rounds nothing more.
        double result = Math.ScaleB((double)significand, (int)(drop + exponent));
        return Math.Min(result, double.MaxValue);
    }
}
