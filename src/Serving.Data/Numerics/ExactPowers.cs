using System.Numerics;

namespace Serving.Data.Numerics;

/// <summary>
/// The powers that are doubles, or lie exactly between two doubles, and so escape every approximation.
/// </summary>
/// <remarks>
/// x = m * 2^e with odd m. For m = 1 the power is 2^(e*y). Else y must be positive, y = n / 2^k with x the 2^k-th
/// power of a, and a^n must have at most 54 bits, so n is at most 34 and k at most 5.
/// </remarks>
internal static class ExactPowers
{
    private const int MostBits = 54;

    public static bool TryFind(double x, double y, out double power)
    {
        power = 0.0;
        Binary64 left = Odd(Binary64.From(x));
        Binary64 right = Odd(Binary64.From(y));
        if (left.Significand == 1)
        {
            return TryPowerOfTwo(left.Exponent, right, out power);
        }

        if (y <= 0.0 || right.Exponent < -5 || y > MostBits)
        {
            return false;
        }

        (long root, long exponent) = (left.Significand, left.Exponent);
        for (int k = right.Exponent; k < 0; k++)
        {
            var half = (long)BigFixed.SquareRoot(root);
            if (half * half != root || (exponent & 1) != 0)
            {
                return false;
            }

            root = half;
            exponent >>= 1;
        }

        long times = right.Exponent > 0 ? right.Significand << right.Exponent : right.Significand;
        if (times > MostBits)
        {
            return false;
        }

        BigInteger value = BigInteger.Pow(root, (int)times);
        if (value.GetBitLength() > MostBits)
        {
            return false;
        }

        power = BinaryRounding.ToDouble(value, exponent * times);
        return true;
    }

    private static bool TryPowerOfTwo(int exponent, Binary64 y, out double power)
    {
        // exponent * y has at most 64 bits; only whole products give a power of two.
        BigInteger product = (BigInteger)exponent * y.Significand;
        BigInteger whole = BigFixed.Shift(product, y.Exponent);
        bool isWhole = y.Exponent >= 0 || (whole << -y.Exponent) == product;
        power = isWhole ? BinaryRounding.ToDouble(BigInteger.One, (long)whole) : 0.0;
        return isWhole;
    }

    private static Binary64 Odd(Binary64 value)
    {
        int zeros = BitOperations.TrailingZeroCount(value.Significand);
        return new Binary64(value.Significand >> zeros, value.Exponent + zeros);
    }
}
