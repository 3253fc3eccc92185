using System.Numerics;

namespace Serving.Data.Cells;

/// <summary>
/// Powers of ten with 128 bits, computed at first use: 617 divisions of integers. Safe for use by several threads.
/// </summary>
internal static class PowersOfTen
{
    public const int Min = -292;
    public const int Max = 324;

    // 10^k = (High[k - Min] * 2^64 + Low[k - Min]) * 2^(FloorLog2(k) - 127), rounded up; the top bit of High is set.
    private static readonly ulong[] s_high = new ulong[Max - Min + 1];
    private static readonly ulong[] s_low = new ulong[Max - Min + 1];

    // Exact powers are 10^0 .. 10^55: 5^55 is the last below 2^128.
    private const int ExactMax = 55;

    static PowersOfTen()
    {
        for (int power = Min; power <= Max; power++)
        {
            int shift = 127 - FloorLog2(power);
            BigInteger scaled = power >= 0
                ? Shift(BigInteger.Pow(10, power), shift)
                : DivideUp(BigInteger.One << shift, BigInteger.Pow(10, -power));
            s_high[power - Min] = (ulong)(scaled >> 64);
            s_low[power - Min] = (ulong)(scaled & ulong.MaxValue);
        }
    }

    /// <summary>The high and low half of a power, rounded up. REQUIRES: Min &lt;= power &lt;= Max.</summary>
    public static (ulong High, ulong Low) RoundedUp(int power) => (s_high[power - Min], s_low[power - Min]);

    /// <summary>The high and low half of a power, rounded down. REQUIRES: Min &lt;= power &lt;= Max.</summary>
    public static (ulong High, ulong Low) RoundedDown(int power)
    {
        (ulong high, ulong low) = RoundedUp(power);
        if (power is >= 0 and <= ExactMax)
        {
            return (high, low);
        }

        return low == 0 ? (high - 1, ulong.MaxValue) : (high, low - 1);
    }

    /// <summary>floor(log2(10^power)) for |power| up to 1233.</summary>
    public static int FloorLog2(int power) => (power * 1_741_647) >> 19;

    private static BigInteger Shift(BigInteger number, int shift) =>
        shift >= 0 ? number << shift : DivideUp(number, BigInteger.One << -shift);

    private static BigInteger DivideUp(BigInteger dividend, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(dividend, divisor, out BigInteger rest);
        return rest.IsZero ? quotient : quotient + 1;
    }
}
