using System.Numerics;

namespace Serving.Data.Numerics;

/// <summary>Rounds exact binary values to the nearest double, ties to even.</summary>
internal static class BinaryRounding
{
    private const int LowestExponent = -1074;

    /// <summary>The double nearest to value * 2^exponent; infinite beyond the finite range.</summary>
    /// <param name="value">A number of any sign.</param>
    /// <param name="exponent">Weight of its last digit.</param>
    /// <param name="isInexact">True when digits other than 0 follow the last digit of <paramref name="value"/>.</param>
    public static double ToDouble(BigInteger value, long exponent, bool isInexact = false)
    {
        if (value.IsZero)
        {
            return 0.0;
        }

        BigInteger size = BigInteger.Abs(value);
        long last = Math.Max(size.GetBitLength() + exponent - 53, LowestExponent);
        if (last > 1024)
        {
            return value.Sign * double.PositiveInfinity;
        }

        long drop = last - exponent;
        ulong significand;
        if (drop <= 0)
        {
            significand = (ulong)(size << (int)-drop);
        }
        else
        {
            int count = (int)Math.Min(drop, size.GetBitLength() + 2);
            BigInteger kept = size >> count;
            BigInteger twice = (size - (kept << count)) << 1;
            int order = twice.CompareTo(BigInteger.One << count);
            significand = (ulong)kept;
            bool isTie = order == 0 && !isInexact;
            if (isTie ? (significand & 1) != 0 : order >= 0)
            {
                significand++;
            }
        }

        double result = Compose(significand, (int)last);
        return value.Sign < 0 ? -result : result;
    }

    /// <summary>significand * 2^exponent for a significand of at most 2^53 and an exponent of at least -1074.</summary>
    private static double Compose(ulong significand, int exponent)
    {
        if (significand == 1UL << 53)
        {
            significand >>= 1;
            exponent++;
        }

        if (significand < 1UL << 52)
        {
            return BitConverter.UInt64BitsToDouble(significand);
        }

        return exponent > 971
            ? double.PositiveInfinity
            : BitConverter.UInt64BitsToDouble(((ulong)(exponent + 1075) << 52) | (significand & ((1UL << 52) - 1)));
    }
}
