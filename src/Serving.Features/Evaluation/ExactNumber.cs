using System.Numerics;

namespace Serving.Features.Evaluation;

/// <summary>
/// A rational number: what ints, decimals and floats are before they are rounded. The denominator is positive.
/// </summary>
internal readonly record struct ExactNumber(BigInteger Numerator, BigInteger Denominator)
{
    private const int SignificandBits = 53;
    private const int ExponentMin = -1074;

    /// <summary>The exact value of an int, decimal or float.</summary>
    public static ExactNumber Of(Value number) => number.Kind switch
    {
        Types.TypeKind.Float => Of(number.Real),
        Types.TypeKind.Decimal => new ExactNumber(number.Whole, BigInteger.Pow(10, number.Scale)),
        _ => new ExactNumber(number.Whole, BigInteger.One),
    };

    /// <summary>The exact value of a finite double.</summary>
    public static ExactNumber Of(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int field = (int)((bits >> 52) & 0x7FF);
        BigInteger significand = bits & 0xF_FFFF_FFFF_FFFF;
        int exponent = ExponentMin;
        if (field != 0)
        {
            significand += BigInteger.One << 52;
            exponent = field - 1075;
        }

        significand = bits < 0 ? -significand : significand;
        return exponent >= 0
            ? new ExactNumber(significand << exponent, BigInteger.One)
            : new ExactNumber(significand, BigInteger.One << -exponent);
    }

    /// <summary>The nearest binary64, ties to even (R11). REQUIRES: below the overflow threshold.</summary>
    public double ToDouble()
    {
        if (Numerator.IsZero)
        {
            return 0.0;
        }

        BigInteger magnitude = BigInteger.Abs(Numerator);

        // The exponent for which the significand has 53 bits, found from the lengths and corrected by one step.
        int exponent = Math.Max(
            ExponentMin, (int)(magnitude.GetBitLength() - Denominator.GetBitLength()) - SignificandBits);
        BigInteger significand = ScaledAndRounded(magnitude, exponent);
        while (significand > BigInteger.One << SignificandBits)
        {
            exponent++;
            significand = ScaledAndRounded(magnitude, exponent);
        }

        double result = Math.ScaleB((double)significand, exponent);
        return Numerator.Sign < 0 ? -result : result;
    }

    /// <summary>The greatest integer that is not above.</summary>
    public BigInteger Floor()
    {
        BigInteger quotient = BigInteger.DivRem(Numerator, Denominator, out BigInteger remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>The nearest integer, ties to even.</summary>
    public BigInteger Round()
    {
        BigInteger below = Floor();
        BigInteger twiceTheRest = 2 * (Numerator - (below * Denominator));
        int comparison = twiceTheRest.CompareTo(Denominator);
        bool isUp = comparison > 0 || (comparison == 0 && !below.IsEven);
        return isUp ? below + 1 : below;
    }

    public ExactNumber Times(BigInteger factor) => new(Numerator * factor, Denominator);

    private BigInteger ScaledAndRounded(BigInteger magnitude, int exponent) =>
        (exponent >= 0
            ? new ExactNumber(magnitude, Denominator << exponent)
            : new ExactNumber(magnitude << -exponent, Denominator)).Round();
}
