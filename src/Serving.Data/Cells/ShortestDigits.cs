namespace Serving.Data.Cells;

/// <summary>
/// The shortest decimal digits that read back as the same binary64, the nearest of them to the number.
/// </summary>
/// <remarks>
/// Algorithm: Raffaello Giulietti, "The Schubfach way to render doubles" (2020), with the candidate order of its figure
/// 6.
/// </remarks>
internal static class ShortestDigits
{
    private const int SignificandBits = 52;
    private const int ExponentBias = 1075;

    /// <summary>Digits and power such that value = digits * 10^power. REQUIRES: value is finite and above 0.</summary>
    public static ulong Of(double value, out int power)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        ulong fraction = bits & ((1UL << SignificandBits) - 1);
        int biased = (int)(bits >> SignificandBits);
        ulong significand = biased == 0 ? fraction : fraction | (1UL << SignificandBits);
        int exponent = biased == 0 ? 1 - ExponentBias : biased - ExponentBias;
        if (exponent is <= 0 and >= -SignificandBits && (significand & ((1UL << -exponent) - 1)) == 0)
        {
            // An integer below 2^53: its own digits, one by one, are the shortest.
            power = 0;
            return significand >> -exponent;
        }

        return Search(significand, exponent, fraction == 0 && biased > 1, out power);
    }

    /// <summary>Moves zeros at the end of the digits into the power.</summary>
    public static void StripZeros(ref ulong digits, ref int power)
    {
        while (true)
        {
            ulong hundredth = digits / 100;
            if (hundredth * 100 != digits)
            {
                break;
            }

            digits = hundredth;
            power += 2;
        }

        ulong tenth = digits / 10;
        if (tenth * 10 == digits)
        {
            digits = tenth;
            power++;
        }
    }

    private static ulong Search(ulong significand, int exponent, bool lowerIsCloser, out int power)
    {
        ulong odd = significand & 1;
        int k = ((exponent * 1_262_611) - (lowerIsCloser ? 524_031 : 0)) >> 22;
        int shift = exponent + PowersOfTen.FloorLog2(-k) + 1;
        (ulong high, ulong low) = PowersOfTen.RoundedUp(-k);
        ulong center = 4 * significand;
        ulong lower = RoundToOdd(high, low, (center - 2 + (lowerIsCloser ? 1UL : 0)) << shift) + odd;
        ulong middle = RoundToOdd(high, low, center << shift);
        ulong upper = RoundToOdd(high, low, (center + 2) << shift) - odd;
        ulong s = middle / 4;
        if (s >= 10)
        {
            ulong tenth = s / 10;
            bool downInside = lower <= 40 * tenth;
            bool upInside = (40 * tenth) + 40 <= upper;
            if (downInside != upInside)
            {
                power = k + 1;
                return tenth + (upInside ? 1UL : 0);
            }
        }

        power = k;
        bool lowInside = lower <= 4 * s;
        bool highInside = (4 * s) + 4 <= upper;
        if (lowInside != highInside)
        {
            return s + (highInside ? 1UL : 0);
        }

        ulong half = (4 * s) + 2;
        return s + (middle > half || (middle == half && (s & 1) != 0) ? 1UL : 0);
    }

    private static ulong RoundToOdd(ulong high, ulong low, ulong factor)
    {
        ulong carry = Math.BigMul(low, factor, out _);
        ulong top = Math.BigMul(high, factor, out ulong bottom);
        bottom += carry;
        top += bottom < carry ? 1UL : 0;
        return top | (bottom > 1 ? 1UL : 0);
    }
}
