using System.Numerics;

namespace Serving.Data.Numerics;

/// <summary>Elementary functions of fixed-point numbers: the integer v stands for v * 2^-bits.</summary>
/// <remarks>
/// Plain series with every term cut to a whole unit. Each result is within 2^20 units of the exact value for up to
/// 4,000 bits (fewer than 2^12 terms, each cut by at most two units, and at most eight squarings, which double the
/// error each).
/// </remarks>
internal static class BigFixed
{
    private const int ExpSquarings = 8;

    private static Constant _ln2 = new(0, BigInteger.Zero);
    private static Constant _pi = new(0, BigInteger.Zero);

    public static BigInteger FromDouble(double value, int bits)
    {
        Binary64 parts = Binary64.From(value);
        return Shift(parts.Significand, parts.Exponent + bits);
    }

    /// <summary>value * 2^count, cut towards minus infinity.</summary>
    public static BigInteger Shift(BigInteger value, int count) => count >= 0 ? value << count : value >> -count;

    /// <summary>ln 2 within one unit.</summary>
    public static BigInteger Ln2(int bits)
    {
        Constant known = Volatile.Read(ref _ln2);
        if (known.Bits < bits + 32)
        {
            // ln 2 = 2 * artanh(1/3).
            int more = RoundUp(bits);
            known = new Constant(more, 2 * ArtanhOfInverse(3, more));
            Volatile.Write(ref _ln2, known);
        }

        return known.Value >> (known.Bits - bits);
    }

    /// <summary>pi within one unit.</summary>
    public static BigInteger Pi(int bits)
    {
        Constant known = Volatile.Read(ref _pi);
        if (known.Bits < bits + 32)
        {
            // Machin: pi = 16 * arctan(1/5) - 4 * arctan(1/239).
            int more = RoundUp(bits);
            known = new Constant(more, (16 * ArctanOfInverse(5, more)) - (4 * ArctanOfInverse(239, more)));
            Volatile.Write(ref _pi, known);
        }

        return known.Value >> (known.Bits - bits);
    }

    /// <summary>e^x for |x| at most 1.</summary>
    public static BigInteger Exp(BigInteger x, int bits)
    {
        BigInteger one = BigInteger.One << bits;
        BigInteger term = one;
        BigInteger sum = one;
        for (int n = 1; !IsNothing(term); n++)
        {
            term = ((term * x) >> (bits + ExpSquarings)) / n;
            sum += term;
        }

        for (int i = 0; i < ExpSquarings; i++)
        {
            sum = (sum * sum) >> bits;
        }

        return sum;
    }

    /// <summary>log(m) for m from 1/2 to 2, as 2*artanh((m - 1)/(m + 1)).</summary>
    public static BigInteger Log(BigInteger m, int bits)
    {
        BigInteger one = BigInteger.One << bits;
        BigInteger z = ((m - one) << bits) / (m + one);
        BigInteger square = (z * z) >> bits;
        BigInteger power = z;
        BigInteger sum = z;
        for (int n = 3; !IsNothing(power); n += 2)
        {
            power = (power * square) >> bits;
            sum += power / n;
        }

        return sum << 1;
    }

    /// <summary>sin(x) for |x| at most 1.</summary>
    public static BigInteger Sin(BigInteger x, int bits) => AlternatingSeries(x, x, 1, bits);

    /// <summary>cos(x) for |x| at most 1.</summary>
    public static BigInteger Cos(BigInteger x, int bits) => AlternatingSeries(x, BigInteger.One << bits, 0, bits);

    /// <summary>asin(x) for 0 to 1.</summary>
    public static BigInteger Asin(BigInteger x, int bits)
    {
        BigInteger half = BigInteger.One << (bits - 1);
        if (x <= half)
        {
            return AsinOfSmall(x, bits);
        }

        // asin(x) = pi/2 - 2*asin(sqrt((1 - x)/2)); the root is at most 1/2.
        BigInteger rest = ((BigInteger.One << bits) - x) << (bits - 1);
        return (Pi(bits) >> 1) - (AsinOfSmall(SquareRoot(rest), bits) << 1);
    }

    /// <summary>The whole part of the square root, by Newton's iteration from above.</summary>
    public static BigInteger SquareRoot(BigInteger value)
    {
        if (value.IsZero)
        {
            return value;
        }

        BigInteger root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            BigInteger next = (root + (value / root)) >> 1;
            if (next >= root)
            {
                return root;
            }

            root = next;
        }
    }

    private static BigInteger AsinOfSmall(BigInteger x, int bits)
    {
        BigInteger square = (x * x) >> bits;
        BigInteger term = x;
        BigInteger sum = x;
        for (int n = 1; !IsNothing(term); n += 2)
        {
            term = (((term * square) >> bits) * n) / (n + 1);
            sum += term / (n + 2);
        }

        return sum;
    }

    private static BigInteger AlternatingSeries(BigInteger x, BigInteger first, int power, int bits)
    {
        BigInteger square = (x * x) >> bits;
        BigInteger term = first;
        BigInteger sum = first;
        for (int n = power; !IsNothing(term); n += 2)
        {
            term = -(((term * square) >> bits) / ((n + 1) * (n + 2)));
            sum += term;
        }

        return sum;
    }

    private static BigInteger ArtanhOfInverse(int inverse, int bits) => InverseSeries(inverse, bits, 1);

    private static BigInteger ArctanOfInverse(int inverse, int bits) => InverseSeries(inverse, bits, -1);

    private static BigInteger InverseSeries(int inverse, int bits, int sign)
    {
        BigInteger power = (BigInteger.One << bits) / inverse;
        BigInteger sum = power;
        int square = inverse * inverse;
        int termSign = sign;
        for (int n = 3; !power.IsZero; n += 2)
        {
            power /= square;
            sum += termSign * (power / n);
            termSign *= sign;
        }

        return sum;
    }

    /// <summary>True for 0 and -1, where shifts towards minus infinity come to rest.</summary>
    private static bool IsNothing(BigInteger term) => term.IsZero || term == BigInteger.MinusOne;

    private static int RoundUp(int bits) => ((bits + 64) | 255) + 1;

    /// <summary>A constant with its precision, published as one reference; a race only computes it twice.</summary>
    private sealed record Constant(int Bits, BigInteger Value);
}
