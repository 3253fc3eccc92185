using System.Runtime.CompilerServices;

namespace Serving.Data.Numerics;

/// <summary>
/// First path of sin and cos: a table of sin(i*pi/512) and polynomials for the rest r, |r| below 2^-8.3.
/// </summary>
/// <remarks>
/// The terms from r^3/6 and r^4/24 on are plain doubles: absolute error below 2^-77, and below 2^-69.5 of the result
/// where the table's value is 0. The argument is reduced by pi/512 in three parts below 2^20 and by 256 digits of
/// 2/pi above (M. H. Payne and R. N. Hanek, "Radian reduction for trigonometric functions", SIGNUM 18(1), 1983).
/// </remarks>
internal static class TrigKernel
{
    /// <summary>pi/512 in three doubles.</summary>
    internal const double StepHigh = 0.006135923151542565;

    /// <summary>The second part of pi/512.</summary>
    internal const double StepMiddle = 2.391888279584674e-19;

    private const double StepLow = -5.849159784606132e-36;
    private const double StepsPerUnit = 162.97466172610083;
    private const double LargeArgument = 1048576.0;
    private const double AbsoluteError = 2.6e-23;
    private const double RelativeError = 3.4e-21;

    public static double Sin(double x)
    {
        // x - x^3/6 rounds to x.
        if (Math.Abs(x) < 9.3e-10)
        {
            return x;
        }

        if (!double.IsFinite(x))
        {
            return double.NaN;
        }

        return Approximate(x, 0, out double error).TryRound(error, out double result) ? result : BigFunctions.Sin(x);
    }

    public static double Cos(double x)
    {
        // 1 - x^2/2 rounds to 1.
        if (Math.Abs(x) < 3.7e-9)
        {
            return 1.0;
        }

        if (!double.IsFinite(x))
        {
            return double.NaN;
        }

        return Approximate(x, 256, out double error).TryRound(error, out double result) ? result : BigFunctions.Cos(x);
    }

    /// <summary>sin(x + start*pi/512) with a bound of its error.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static DoubleDouble Approximate(double x, int start, out double error)
    {
        DoubleDouble r = Reduce(x, out int step);
        return Evaluate(r, step + start, out error);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DoubleDouble Evaluate(DoubleDouble r, int step, out double error)
    {
        // sin(a + r) = A*cos(r) + B*sin(r) with A = sin(a), B = cos(a); a quarter turn on it is cos(a) and -sin(a).
        int index = step & 255;
        double[] sines = TrigTable.Sines;
        int own = (step & 256) == 0 ? index * 2 : 512 - (index * 2);
        double sign = (step & 512) == 0 ? 1.0 : -1.0;
        double otherSign = (step & 256) == 0 ? sign : -sign;
        double a = sign * sines[own];
        double aLow = sign * sines[own + 1];
        double b = otherSign * sines[512 - own];
        double bLow = otherSign * sines[513 - own];

        double x = r.High;
        double square = x * x;
        double squareRest = Math.FusedMultiplyAdd(x, x, -square);
        double sineTail = square * x * ((-1.0 / 6.0) + (square * ((1.0 / 120.0) + (square * (-1.0 / 5040.0)))));
        double cosineTail = square * square * ((1.0 / 24.0) + (square * ((-1.0 / 720.0) + (square * (1.0 / 40320.0)))));
        double cosine = -0.5 * square;
        double cosineRest = (-0.5 * squareRest) - (x * r.Low) + cosineTail;
        double sineRest = r.Low + sineTail;

        DoubleDouble first = DoubleDouble.Product(b, x);
        DoubleDouble second = DoubleDouble.Product(a, cosine);
        double firstRest = first.Low + ((b * sineRest) + (bLow * x));
        double secondRest = second.Low + ((a * cosineRest) + (aLow * cosine));
        DoubleDouble sum = DoubleDouble.Sum(a, first.High);
        DoubleDouble total = DoubleDouble.Sum(sum.High, second.High);
        double low = (sum.Low + total.Low) + (firstRest + (secondRest + aLow));
        error = a == 0.0 ? Math.Abs(total.High) * RelativeError : AbsoluteError;
        return new DoubleDouble(total.High, low);
    }

    /// <summary>x = step*pi/512 + r modulo whole turns, relative error of r below 2^-76.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DoubleDouble Reduce(double x, out int step)
    {
        if (Math.Abs(x) >= LargeArgument)
        {
            return ReduceLarge(x, out step);
        }

        double steps = ((x * StepsPerUnit) + ExpKernel.Rounder) - ExpKernel.Rounder;
        step = (int)steps;
        DoubleDouble high = DoubleDouble.Product(steps, StepHigh);
        DoubleDouble middle = DoubleDouble.Product(steps, StepMiddle);

        // The first difference is exact; the next two may cancel, so their rests are kept.
        DoubleDouble first = DoubleDouble.Sum(x - high.High, -high.Low);
        DoubleDouble second = DoubleDouble.Sum(first.High, -middle.High);
        double low = second.Low + first.Low - middle.Low - (steps * StepLow);
        return DoubleDouble.FastSum(second.High, low);
    }

    /// <summary>The same for |x| of at least 2^20, from the digits of x * 2/pi that are left modulo 4.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DoubleDouble ReduceLarge(double x, out int step)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(x);
        ulong significand = (bits & 0xFFFFFFFFFFFFFUL) | 0x10000000000000UL;
        int exponent = (int)((bits >> 52) & 0x7FF) - 1075;

        // Digits of weight 2^2 and more after the product are whole turns. 64 zeros stand before the digits, so that
        // the window may begin before the point: the exponent is at least -32.
        int start = exponent - 2 + 64;
        ulong high = Math.BigMul(significand, Window(start + 192), out ulong word3);
        UInt128 sum = ((UInt128)significand * Window(start + 128)) + high;
        ulong word2 = (ulong)sum;
        sum = ((UInt128)significand * Window(start + 64)) + (ulong)(sum >> 64);
        ulong word1 = (ulong)sum;
        ulong word0 = (significand * Window(start)) + (ulong)(sum >> 64);

        // The product now has 2 digits before the point and 254 behind; 8 of these complete the step.
        step = (int)(word0 >> 54);
        ulong fraction0 = (word0 << 10) | (word1 >> 54);
        ulong fraction1 = (word1 << 10) | (word2 >> 54);
        ulong fraction2 = (word2 << 10) | (word3 >> 54);
        double sign = 1.0;
        if ((long)fraction0 < 0)
        {
            step++;
            sign = -1.0;
            fraction0 = ~fraction0;
            fraction1 = ~fraction1;
            fraction2 = ~fraction2;
        }

        DoubleDouble rest = DoubleDouble.Multiply(
            FromFraction(fraction0, fraction1, fraction2),
            new DoubleDouble(StepHigh, StepMiddle));
        if ((long)bits < 0)
        {
            step = -step;
            sign = -sign;
        }

        return new DoubleDouble(sign * rest.High, sign * rest.Low);
    }

    private static DoubleDouble FromFraction(ulong word0, ulong word1, ulong word2)
    {
        int zeros = 0;
        if (word0 == 0)
        {
            zeros = 64;
            word0 = word1;
            word1 = word2;
            word2 = 0;
        }

        int shift = System.Numerics.BitOperations.LeadingZeroCount(word0);
        if (shift is > 0 and < 64)
        {
            word0 = (word0 << shift) | (word1 >> (64 - shift));
            word1 = (word1 << shift) | (word2 >> (64 - shift));
        }

        double unit = BitConverter.Int64BitsToDouble((long)(1023 - 53 - zeros - shift) << 52);
        ulong rest = (word0 << 53) | (word1 >> 11);
        return new DoubleDouble((word0 >> 11) * unit, rest * unit * 5.421010862427522E-20);
    }

    /// <summary>64 digits of 2/pi from digit <paramref name="bit"/> on, where 64 zeros stand in front.</summary>
    private static ulong Window(int bit)
    {
        int word = (bit >> 6) - 1;
        int shift = bit & 63;
        ulong[] words = TwoOverPi.Words;
        ulong high = word < 0 ? 0 : words[word];
        return shift == 0 ? high : (high << shift) | (words[word + 1] >> (64 - shift));
    }
}
