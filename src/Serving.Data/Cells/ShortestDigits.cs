using System.Numerics;

namespace Serving.Data.Cells;

/// <summary>
/// The shortest decimal digits that read back as the same binary64, the nearest of them to the number.
/// </summary>
/// <remarks>
/// Algorithm: Raffaello Giulietti, "The Schubfach way to render doubles" (2020), with the candidate order of its figure
/// 6. The table of powers of ten, 128 bits each rounded up, is computed at first use: 617 divisions of integers.
/// </remarks>
internal static class ShortestDigits
{
    private const int SignificandBits = 52;
    private const int ExponentBias = 1075;
    private const int PowerMin = -292;
    private const int PowerMax = 324;

    // 10^k = (High[k - PowerMin] * 2^64 + Low[k - PowerMin]) * 2^(FloorLog2(k) - 127), rounded up.
    private static readonly ulong[] s_high = new ulong[PowerMax - PowerMin + 1];
    private static readonly ulong[] s_low = new ulong[PowerMax - PowerMin + 1];

    static ShortestDigits()
    {
        for (int power = PowerMin; power <= PowerMax; power++)
        {
            int shift = 127 - FloorLog2OfPowerOfTen(power);
            BigInteger scaled = power >= 0
                ? Shift(BigInteger.Pow(10, power), shift)
                : DivideUp(BigInteger.One << shift, BigInteger.Pow(10, -power));
            s_high[power - PowerMin] = (ulong)(scaled >> 64);
            s_low[power - PowerMin] = (ulong)(scaled & ulong.MaxValue);
        }
    }

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
        int shift = exponent + FloorLog2OfPowerOfTen(-k) + 1;
        ulong high = s_high[-k - PowerMin];
        ulong low = s_low[-k - PowerMin];
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

    private static int FloorLog2OfPowerOfTen(int power) => (power * 1_741_647) >> 19;

    private static BigInteger Shift(BigInteger number, int shift) =>
        shift >= 0 ? number << shift : DivideUp(number, BigInteger.One << -shift);

    private static BigInteger DivideUp(BigInteger dividend, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(dividend, divisor, out BigInteger rest);
        return rest.IsZero ? quotient : quotient + 1;
    }
}
