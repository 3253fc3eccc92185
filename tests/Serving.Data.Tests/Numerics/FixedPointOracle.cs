using System.Numerics;

namespace Serving.Data.Tests.Numerics;

/// <summary>
/// Slow elementary functions, written apart from the product: plain Taylor series and Newton steps, 1,300 bits.
/// </summary>
internal static class FixedPointOracle
{
    public const int Bits = 1300;
    private static readonly BigInteger One = BigInteger.One << Bits;

    public static BigInteger From(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger significand = (bits & 0xFFFFFFFFFFFFF) | (exponent == 0 ? 0 : 1L << 52);
        return (bits < 0 ? -significand : significand) << (Math.Max(exponent, 1) - 1075 + Bits);
    }

    /// <summary>e^x without any reduction by ln 2: the series at x/2^40, then forty squarings.</summary>
    public static BigInteger Exp(BigInteger x)
    {
        BigInteger small = BigInteger.Abs(x) >> 40;
        BigInteger term = One;
        BigInteger sum = One;
        for (int n = 1; !term.IsZero; n++)
        {
            term = term * small / n >> Bits;
            sum += term;
        }

        for (int i = 0; i < 40; i++)
        {
            sum = sum * sum >> Bits;
        }

        return x.Sign < 0 ? (One << Bits) / sum : sum;
    }

    /// <summary>Halley's steps on e^y = x from the platform's own logarithm.</summary>
    public static BigInteger Log(BigInteger x, double guess)
    {
        BigInteger y = From(guess);
        for (int i = 0; i < 4; i++)
        {
            BigInteger power = Exp(y);
            y += ((x - power) << (Bits + 1)) / (x + power);
        }

        return y;
    }

    public static BigInteger Sin(BigInteger x) => Series(x, x, 1);

    public static BigInteger Cos(BigInteger x) => Series(x, One, 0);

    public static BigInteger Asin(BigInteger x, double guess)
    {
        BigInteger y = From(guess);
        for (int i = 0; i < 6; i++)
        {
            y += ((x - Sin(y)) << Bits) / Cos(y);
        }

        return y;
    }

    /// <summary>True when no other double is nearer to the value than <paramref name="candidate"/>.</summary>
    public static bool IsNearest(double candidate, BigInteger value)
    {
        BigInteger own = From(candidate);
        BigInteger above = own + From(Math.BitIncrement(candidate));
        BigInteger below = own + From(Math.BitDecrement(candidate));
        return below <= value << 1 && value << 1 <= above;
    }

    private static BigInteger Series(BigInteger x, BigInteger first, int n)
    {
        BigInteger term = first;
        BigInteger sum = first;
        for (; !term.IsZero; n += 2)
        {
            // Division, unlike a shift, ends at zero for either sign.
            term = -term * x / One * x / One / ((n + 1) * (n + 2));
            sum += term;
        }

        return sum;
    }
}
