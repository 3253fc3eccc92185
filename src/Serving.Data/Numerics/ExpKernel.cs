using System.Runtime.CompilerServices;

namespace Serving.Data.Numerics;

/// <summary>First path of exp and exp2: a table of 2^(i/128) and a polynomial of degree 7.</summary>
/// <remarks>
/// x = (k/128)*ln2 + r with |r| below 2^-8.5; the terms from r^3/6 on are plain doubles, error 2^-80 at most; the
/// polynomial leaves out less than 2^-83; all else is double-double. The bound used, 2^-74, holds eight bits in
/// reserve.
/// </remarks>
internal static class ExpKernel
{
    /// <summary>Adding and subtracting it rounds a double below 2^51 to the nearest integer.</summary>
    internal const double Rounder = 6755399441055744.0;

    /// <summary>Bound of the relative error of <see cref="Core"/>.</summary>
    internal const double RelativeError = 5.29e-23;

    private const double StepsPerUnit = 184.6649652337873;

    // ln2/128 in three parts; the first has 35 bits, so that its product with a step number below 2^18 is exact.
    private const double StepHigh = 0.005415212347998022;
    private const double StepMiddle = 1.2655086083325438e-13;
    private const double StepLow = -1.0253670638894731e-29;

    private const double Ln2High = 0.6931471805599453;
    private const double Ln2Low = 2.3190468138462996e-17;

    // Beyond these the result is infinite, or below half of the smallest subnormal.
    private const double Largest = 709.79;
    private const double Smallest = -745.14;

    public static double Exp(double x)
    {
        if (!(x < Largest))
        {
            return double.IsNaN(x) ? x : double.PositiveInfinity;
        }

        if (x < Smallest)
        {
            return 0.0;
        }

        DoubleDouble significand = ExpOf(new DoubleDouble(x, 0.0), out int exponent);
        return Finish(significand, exponent, RelativeError, out double result) ? result : BigFunctions.Exp(x);
    }

    public static double Exp2(double x)
    {
        if (!(x < 1024.0))
        {
            return double.IsNaN(x) ? x : double.PositiveInfinity;
        }

        if (x < -1075.5)
        {
            return 0.0;
        }

        double step = ((x * 128.0) + Rounder) - Rounder;

        // The difference is exact: step/128 has at most 18 bits and is the nearest such number to x.
        double rest = x - (step * 0.0078125);
        DoubleDouble r = DoubleDouble.Multiply(new DoubleDouble(rest, 0.0), new DoubleDouble(Ln2High, Ln2Low));
        DoubleDouble significand = Core(r, (int)step);
        return Finish(significand, (int)step >> 7, RelativeError, out double result) ? result : BigFunctions.Exp2(x);
    }

    /// <summary>e^x as a sum near 1 to 2 times 2^exponent; requires |x| below 800.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static DoubleDouble ExpOf(DoubleDouble x, out int exponent)
    {
        double step = ((x.High * StepsPerUnit) + Rounder) - Rounder;
        double rest = x.High - (step * StepHigh);
        DoubleDouble product = DoubleDouble.Product(step, StepMiddle);
        DoubleDouble r = DoubleDouble.Sum(rest, -product.High);
        double low = r.Low - product.Low - (step * StepLow) + x.Low;
        int index = (int)step;
        exponent = index >> 7;
        return Core(DoubleDouble.FastSum(r.High, low), index);
    }

    /// <summary>
    /// Rounds and scales; false when the rounding is not decided or the result is not clearly normal.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Finish(DoubleDouble significand, int exponent, double relativeError, out double result)
    {
        // The significand is between 0.99 and 2.01, so its own value stands for its size with a factor of two in
        // reserve.
        bool decided = significand.TryRound(2.0 * relativeError, out result);
        bool normal = (uint)(exponent + 1021) <= 2042;
        result *= BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
        return decided & normal;
    }

    /// <summary>2^(step mod 128 / 128) * e^r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DoubleDouble Core(DoubleDouble r, int step)
    {
        double x = r.High;
        double square = x * x;
        double squareRest = Math.FusedMultiplyAdd(x, x, -square);
        double high = 1.0 / 120.0 + (x * (1.0 / 720.0)) + (square * (1.0 / 5040.0));
        double tail = square * x * ((1.0 / 6.0) + (x * (1.0 / 24.0)) + (square * high));
        DoubleDouble start = DoubleDouble.FastSum(x, 0.5 * square);
        double rest = start.Low + (tail + ((0.5 * squareRest) + (r.Low + (x * r.Low))));

        int at = (step & 127) * 2;
        double[] powers = ExpTable.Powers;
        double power = powers[at];
        double powerLow = powers[at + 1];
        double product = power * start.High;
        double productRest = Math.FusedMultiplyAdd(power, start.High, -product);
        DoubleDouble sum = DoubleDouble.FastSum(power, product);
        return new DoubleDouble(
            sum.High,
            sum.Low + (productRest + (powerLow + ((power * rest) + (powerLow * start.High)))));
    }
}
