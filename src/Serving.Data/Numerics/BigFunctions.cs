using System.Numerics;
using System.Runtime.InteropServices;

namespace Serving.Data.Numerics;

/// <summary>
/// Second path of every function: fixed-point numbers whose precision doubles until the rounding is decided.
/// </summary>
/// <remarks>
/// Apart from the cases taken out before (exp, log, log1p, sin, cos, asin of arguments that give 0 or 1, powers of
/// two and the exact powers below) no result is a double or lies in the middle of two: Lindemann's theorem for the
/// transcendental functions, V. Lefevre and others, "Exact cases of pow" (2005) for pow. So the loop ends; 192 bits
/// decide nearly always. Tens of microseconds; allocates.
/// </remarks>
internal static class BigFunctions
{
    private const int FirstBits = 192;
    private const int LastBits = 3072;
    private static readonly BigInteger ErrorUnits = BigInteger.One << 24;

    public static double Exp(double x) => Refine(
        static (x, _, bits) =>
        {
            int wide = bits + 16;
            return ExpOf(BigFixed.FromDouble(x, wide), wide);
        },
        x);

    public static double Exp2(double x)
    {
        if (x == Math.Floor(x))
        {
            return BinaryRounding.ToDouble(BigInteger.One, (int)x);
        }

        return Refine(
            static (x, _, bits) =>
            {
                // The nearest whole number is the one whose difference is always exact.
                var whole = (int)Math.Round(x);
                BigInteger rest = BigFixed.FromDouble(x - whole, bits) * BigFixed.Ln2(bits);
                return new Estimate(BigFixed.Exp(rest >> bits, bits), whole - bits);
            },
            x);
    }

    public static double Log(double x)
    {
        if (x == 1.0)
        {
            return 0.0;
        }

        return Refine(
            static (x, _, bits) =>
            {
                Binary64 parts = Binary64.From(x);
                return new Estimate(LogOf(parts.Significand, parts.Exponent, bits), -bits);
            },
            x);
    }

    public static double Log1p(double x) => Refine(
        static (x, _, bits) =>
        {
            // 1 + x exactly, over the smaller of both last places.
            Binary64 parts = Binary64.From(x);
            int last = Math.Min(parts.Exponent, 0);
            BigInteger sum = (BigInteger.One << -last) + ((BigInteger)parts.Significand << (parts.Exponent - last));
            return new Estimate(LogOf(sum, last, bits), -bits);
        },
        x);

    public static double Sin(double x) => Refine(static (x, _, bits) => Turn(x, 0, bits), x);

    public static double Cos(double x) => Refine(static (x, _, bits) => Turn(x, 1, bits), x);

    public static double Asin(double x)
    {
        double size = Refine(
            static (x, _, bits) => new Estimate(BigFixed.Asin(BigFixed.FromDouble(x, bits), bits), -bits),
            Math.Abs(x));
        return x < 0.0 ? -size : size;
    }

    /// <summary>x^y for positive finite x and finite y with |y * log2(x)| below 1,100.</summary>
    public static double Pow(double x, double y)
    {
        if (ExactPowers.TryFind(x, y, out double exact))
        {
            return exact;
        }

        return Refine(
            static (x, y, bits) =>
            {
                // |y| is below 2^64, since |log x| is at least 2^-53.
                int wide = bits + 80;
                Binary64 left = Binary64.From(x);
                Binary64 right = Binary64.From(y);
                BigInteger product = LogOf(left.Significand, left.Exponent, wide) * right.Significand;
                return ExpOf(BigFixed.Shift(product, right.Exponent + bits + 16 - wide), bits + 16);
            },
            x,
            y);
    }

    private static double Refine(Func<double, double, int, Estimate> function, double x, double y = 0.0)
    {
        for (int bits = FirstBits; ; bits *= 2)
        {
            Estimate estimate = function(x, y, bits);
            double low = BinaryRounding.ToDouble(estimate.Value - ErrorUnits, estimate.Exponent);
            double high = BinaryRounding.ToDouble(estimate.Value + ErrorUnits, estimate.Exponent);

            // Non-finite arguments never come here; the last precision only keeps the loop bounded.
            if (low == high || bits >= LastBits)
            {
                return high;
            }
        }
    }

    /// <summary>e^x for a fixed-point x of any size below 2^12, with 16 bits that the reduction uses up.</summary>
    private static Estimate ExpOf(BigInteger x, int bits)
    {
        BigInteger ln2 = BigFixed.Ln2(bits);
        BigInteger count = BigInteger.Divide((x << 1) + ln2, ln2 << 1);
        BigInteger rest = (x - (count * ln2)) >> 16;
        int kept = bits - 16;
        return new Estimate(BigFixed.Exp(rest, kept), (int)count - kept);
    }

    private static BigInteger LogOf(BigInteger significand, int exponent, int bits)
    {
        // The significand goes to 1/2..1 or 1/sqrt(2)..sqrt(2), whichever keeps the sum of both logarithms free of
        // cancellation.
        int length = (int)significand.GetBitLength();
        BigInteger m = BigFixed.Shift(significand, bits - length);
        int power = exponent + length;
        BigInteger limit = (BigInteger.One << bits) * 3 >> 2;
        if (m < limit)
        {
            m = BigFixed.Shift(significand, bits - length + 1);
            power--;
        }

        return BigFixed.Log(m, bits) + (power * BigFixed.Ln2(bits));
    }

    /// <summary>sin(x + quarters * pi/2).</summary>
    private static Estimate Turn(double x, int quarters, int bits)
    {
        Binary64 parts = Binary64.From(x);
        int wide = bits + 8 + Math.Max(0, parts.Exponent + 53);
        BigInteger value = BigFixed.Shift(Math.Abs(parts.Significand), parts.Exponent + wide);
        BigInteger quarter = BigFixed.Pi(wide) >> 1;
        BigInteger count = ((value << 1) + quarter) / (quarter << 1);
        if (parts.Significand < 0)
        {
            (value, count) = (-value, -count);
        }

        BigInteger rest = (value - (count * quarter)) >> (wide - bits);
        var turn = (int)((count + quarters) & 3);
        BigInteger result = (turn & 1) == 0 ? BigFixed.Sin(rest, bits) : BigFixed.Cos(rest, bits);
        return new Estimate(turn < 2 ? result : -result, -bits);
    }

    /// <summary>A value within 2^24 units of Value * 2^Exponent.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Estimate(BigInteger Value, int Exponent);
}
