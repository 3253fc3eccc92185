using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serving.Data.Numerics;

/// <summary>First path of log and log1p: a table of 256 inverses c and a polynomial in r = z*c - 1.</summary>
/// <remarks>
/// x = 2^e * z with z in [0.6875, 1.375), log x = e*ln2 - log c + log(1 + r), |r| at most 2^-8; r is exact as a sum
/// of two doubles. Beside 1, where e = 0 and c = 1, the result itself is small: there the polynomial is evaluated
/// with its first three terms in double-double (relative error below 2^-77); elsewhere its terms from r^3/3 on are
/// plain doubles (absolute error below 2^-77).
/// </remarks>
internal static class LogKernel
{
    /// <summary>Bound of the relative error of <see cref="Accurate"/> beside 1.</summary>
    internal const double RelativeError = 1.06e-22;

    /// <summary>Bound of the absolute error of <see cref="Accurate"/> elsewhere.</summary>
    internal const double AccurateError = 1.03e-25;

    private const double AbsoluteError = 5.3e-23;

    // The high part of ln2 has 42 bits, so that its product with an exponent is exact.
    private const double Ln2High = 0.6931471805598903;
    private const double Ln2Low = 5.497923018708371e-14;
    private const double ThirdHigh = 1.0 / 3.0;
    private const double ThirdLow = 1.850371707708594e-17;
    private const double SmallestNormal = 2.2250738585072014E-308;
    private const double TwoTo54 = 18014398509481984.0;

    public static double Log(double x)
    {
        if (!(x > 0.0) || double.IsPositiveInfinity(x))
        {
            return x > 0.0 ? x : double.NaN;
        }

        return Approximate(x, 0.0, out double error).TryRound(error, out double result) ? result : BigFunctions.Log(x);
    }

    public static double Log1p(double x)
    {
        if (!(x > -1.0) || double.IsPositiveInfinity(x))
        {
            return x > -1.0 ? x : double.NaN;
        }

        // x - x^2/2 rounds to x: x^2/2 is below a quarter of the last place of x.
        if (Math.Abs(x) < 1.0 / TwoTo54)
        {
            return x;
        }

        DoubleDouble sum = DoubleDouble.Sum(1.0, x);
        DoubleDouble log = Approximate(sum.High, sum.Low, out double error);
        return log.TryRound(error, out double result) ? result : BigFunctions.Log1p(x);
    }

    /// <summary>log x with both error bounds kept, for pow; requires a positive finite x.</summary>
    internal static DoubleDouble Accurate(double x, out double error)
    {
        Reduced reduced = Reduce(x, 0.0);
        DoubleDouble small = LogOfOnePlus(reduced.R);
        if (reduced.IsBesideOne)
        {
            error = Math.Abs(small.High) * RelativeError;
            return small;
        }

        DoubleDouble sum = DoubleDouble.Sum(reduced.Exponent * Ln2High, reduced.LogHigh);
        DoubleDouble total = DoubleDouble.Sum(sum.High, small.High);
        double low = sum.Low + total.Low + (small.Low + ((reduced.Exponent * Ln2Low) + reduced.LogLow));
        error = AccurateError;
        return DoubleDouble.FastSum(total.High, low);
    }

    /// <summary>
    /// log(high + low), where low is at most half of the last place of high, with a bound of its error.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static DoubleDouble Approximate(double high, double low, out double error)
    {
        Reduced reduced = Reduce(high, low);
        if (reduced.IsBesideOne)
        {
            DoubleDouble small = LogOfOnePlus(reduced.R);
            error = Math.Abs(small.High) * RelativeError;
            return small;
        }

        error = AbsoluteError;
        return Elsewhere(reduced);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DoubleDouble Elsewhere(in Reduced reduced)
    {
        double r = reduced.R.High;
        double square = r * r;
        double squareRest = Math.FusedMultiplyAdd(r, r, -square);
        double late = (1.0 / 7.0) - (r * 0.125) + (square * (1.0 / 9.0));
        double middle = 0.2 - (r * (1.0 / 6.0)) + (square * late);
        double tail = square * r * ((1.0 / 3.0) - (r * 0.25) + (square * middle));
        DoubleDouble sum = DoubleDouble.FastSum(reduced.Exponent * Ln2High, reduced.LogHigh);
        DoubleDouble first = DoubleDouble.FastSum(sum.High, r);
        DoubleDouble second = DoubleDouble.FastSum(first.High, -0.5 * square);
        double constants = (reduced.Exponent * Ln2Low) + reduced.LogLow;
        double low = (tail - (0.5 * squareRest)) + (reduced.R.Low - (r * reduced.R.Low));
        low += sum.Low + first.Low + second.Low + constants;
        return new DoubleDouble(second.High, low);
    }

    /// <summary>log(1 + r) for |r| at most 2^-7.9, relative error below 2^-77.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DoubleDouble LogOfOnePlus(DoubleDouble r)
    {
        double x = r.High;
        double square = x * x;
        double late = (1.0 / 8.0) - (x * (1.0 / 9.0)) + (square * 0.1);
        double middle = (1.0 / 6.0) - (x * (1.0 / 7.0)) + (square * late);
        double tail = -x * (0.25 - (x * 0.2) + (square * middle));

        // r * (1 + r * (-1/2 + r * (1/3 + tail)))
        DoubleDouble sum = DoubleDouble.FastSum(ThirdHigh, tail);
        DoubleDouble product = DoubleDouble.Multiply(new DoubleDouble(sum.High, sum.Low + ThirdLow), r);
        sum = DoubleDouble.FastSum(-0.5, product.High);
        product = DoubleDouble.Multiply(new DoubleDouble(sum.High, sum.Low + product.Low), r);
        product = DoubleDouble.Multiply(product, r);
        sum = DoubleDouble.FastSum(x, product.High);
        return new DoubleDouble(sum.High, sum.Low + (r.Low + product.Low));
    }

    /// <summary>Reduces high + low, where low is at most half of the last place of high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Reduced Reduce(double high, double low)
    {
        long shift = 0;
        if (high < SmallestNormal)
        {
            high *= TwoTo54;
            shift = 54;
        }

        long bits = BitConverter.DoubleToInt64Bits(high);
        long offset = bits - 0x3FE6000000000000L;
        long exponent = offset >> 52;
        int at = (int)((offset >> 44) & 255) * 3;
        double z = BitConverter.Int64BitsToDouble(bits - (exponent << 52));
        double[] entries = LogTable.Entries;
        double inverse = entries[at];

        // high is below 2^1024, so 2^-exponent is a normal number, or 2^-1024 whose low part is 0 or far below the
        // error.
        double scale = BitConverter.Int64BitsToDouble((1023 - Math.Min(exponent, 1022)) << 52);
        double scaledLow = low * scale;
        double product = z * inverse;
        double rest = Math.FusedMultiplyAdd(z, inverse, -product) + (scaledLow * inverse);
        DoubleDouble r = DoubleDouble.Sum(product - 1.0, rest);
        return new Reduced(exponent - shift, entries[at + 1], entries[at + 2], r);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Reduced(double Exponent, double LogHigh, double LogLow, DoubleDouble R)
    {
        public bool IsBesideOne => Exponent == 0.0 && LogHigh == 0.0;
    }
}
