namespace Serving.Data.Numerics;

/// <summary>
/// Conversions between decimals (64-bit minor units at a scale of 0 to 18) and doubles, each rounded once.
/// </summary>
/// <remarks>
/// Thread-safe; nothing is allocated. A scale outside 0..18 throws <see cref="IndexOutOfRangeException"/>.
/// </remarks>
public static class DecimalConversion
{
    /// <summary>Most fractional digits of a decimal.</summary>
    public const int MaxScale = 18;

    private const long TwoTo53 = 1L << 53;

    private static readonly long[] Powers =
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
    ];

    /// <summary>The double nearest to minor / 10^scale, ties to even (R11).</summary>
    public static double ToDouble(long minor, int scale)
    {
        long power = Powers[scale];

        // Both numbers are doubles (10^18 is 5^18 * 2^18 with 42 bits of 5^18), so one division rounds once.
        if (minor is >= -TwoTo53 and <= TwoTo53)
        {
            return minor / (double)power;
        }

        return scale == 0 ? minor : DivideLarge(minor, (ulong)power);
    }

    /// <summary>The decimal nearest to value, ties to even, saturating; NaN gives 0 (R105).</summary>
    public static long FromDouble(double value, int scale) => FromDouble(value, scale, out _);

    /// <summary>The decimal nearest to value, and whether it is a bound in place of a number beyond.</summary>
    public static long FromDouble(double value, int scale, out bool saturated)
    {
        var power = (ulong)Powers[scale];
        if (!(Math.Abs(value) < 9.3e18))
        {
            saturated = !double.IsNaN(value);
            return double.IsNaN(value) ? 0 : Saturated(value < 0.0);
        }

        Binary64 parts = Binary64.From(value);
        bool isNegative = parts.Significand < 0;

        // At most 53 + 60 bits, and the exponent is at most 11 here.
        UInt128 product = (UInt128)(ulong)Math.Abs(parts.Significand) * power;
        if (parts.Exponent >= 0)
        {
            return Signed(product << parts.Exponent, isNegative, out saturated);
        }

        int drop = -parts.Exponent;
        if (drop > 120)
        {
            saturated = false;
            return 0;
        }

        UInt128 kept = product >> drop;
        UInt128 rest = product - (kept << drop);
        UInt128 half = UInt128.One << (drop - 1);
        return Signed(RoundUp(kept, rest.CompareTo(half)), isNegative, out saturated);
    }

    /// <summary>
    /// The decimal at scale <paramref name="to"/> nearest to minor / 10^from, ties to even, saturating (R105).
    /// </summary>
    public static long Rescale(long minor, int from, int to) => Rescale(minor, from, to, out _);

    /// <summary>The decimal at another scale, and whether it is a bound in place of a number beyond.</summary>
    public static long Rescale(long minor, int from, int to, out bool saturated)
    {
        bool isNegative = minor < 0;
        ulong size = isNegative ? 0UL - (ulong)minor : (ulong)minor;
        if (from <= to)
        {
            return Signed((UInt128)size * (ulong)(Powers[to] / Powers[from]), isNegative, out saturated);
        }

        var power = (ulong)(Powers[from] / Powers[to]);
        (ulong kept, ulong rest) = Math.DivRem(size, power);
        return Signed(RoundUp(kept, rest.CompareTo(power - rest)), isNegative, out saturated);
    }

    private static double DivideLarge(long minor, ulong power)
    {
        ulong size = minor < 0 ? 0UL - (ulong)minor : (ulong)minor;

        // size is above 2^53 and power below 2^60: the quotient has at least 57 bits, and a digit set to 1 behind
        // them stands for any rest, so that the one rounding below sees what the exact value would show.
        UInt128 shifted = (UInt128)size << 64;
        (UInt128 quotient, UInt128 rest) = UInt128.DivRem(shifted, power);
        int drop = Math.Max(0, 128 - (int)UInt128.LeadingZeroCount(quotient) - 62);
        UInt128 top = quotient >> drop;
        bool isInexact = rest != 0 || (top << drop) != quotient;
        var significand = (long)((ulong)top | (isInexact ? 1UL : 0UL));
        double result = significand * BitConverter.Int64BitsToDouble((long)(1023 + drop - 64) << 52);
        return minor < 0 ? -result : result;
    }

    private static UInt128 RoundUp(UInt128 kept, int orderToHalf)
    {
        bool up = orderToHalf > 0 || (orderToHalf == 0 && !UInt128.IsEvenInteger(kept));
        return up ? kept + UInt128.One : kept;
    }

    private static long Signed(UInt128 size, bool isNegative, out bool saturated)
    {
        ulong bound = isNegative ? 1UL << 63 : long.MaxValue;
        saturated = size > bound;
        if (size >= bound)
        {
            return Saturated(isNegative);
        }

        return isNegative ? -(long)size : (long)size;
    }

    private static long Saturated(bool isNegative) => isNegative ? long.MinValue : long.MaxValue;
}
