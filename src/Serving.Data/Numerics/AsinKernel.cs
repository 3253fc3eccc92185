namespace Serving.Data.Numerics;

/// <summary>
/// First path of asin: asin(x) = a + asin(x*cos(a) - sqrt(1 - x^2)*sin(a)) with a = j*pi/512 near the result.
/// </summary>
/// <remarks>
/// The estimate that chooses j is formula 4.4.45 of Abramowitz and Stegun (error 7e-5, a step is 6e-3). The rest d is
/// a double-double below 2^-8.2; its series from d^3/6 on is plain double: absolute error below 2^-77, below 2^-69.5
/// of the result where j = 0.
/// </remarks>
internal static class AsinKernel
{
    private const double AbsoluteError = 2.6e-23;
    private const double RelativeError = 3.4e-21;
    private const double HalfPi = 1.5707963267948966;
    private const double StepsPerUnit = 162.97466172610083;

    public static double Asin(double x)
    {
        double size = Math.Abs(x);
        if (!(size <= 1.0))
        {
            return double.NaN;
        }

        // x + x^3/6 rounds to x.
        if (size < 9.3e-10)
        {
            return x;
        }

        bool isDecided = Approximate(size, out double error).TryRound(error, out double result);
        return isDecided ? Math.CopySign(result, x) : BigFunctions.Asin(x);
    }

    /// <summary>asin(x) for 0 to 1 with a bound of its error.</summary>
    internal static DoubleDouble Approximate(double x, out double error)
    {
        double polynomial = 1.5707288 + (x * (-0.2121144 + (x * (0.0742610 + (x * -0.0187293)))));
        double estimate = HalfPi - (Math.Sqrt(1.0 - x) * polynomial);
        int step = (int)((estimate * StepsPerUnit) + 0.5);

        double[] sines = TrigTable.Sines;
        var sine = new DoubleDouble(sines[step * 2], sines[(step * 2) + 1]);
        var cosine = new DoubleDouble(sines[512 - (step * 2)], sines[513 - (step * 2)]);
        DoubleDouble first = DoubleDouble.Multiply(cosine, new DoubleDouble(x, 0.0));
        DoubleDouble second = DoubleDouble.Multiply(sine, RootOfOneMinusSquare(x));
        DoubleDouble difference = DoubleDouble.Sum(first.High, -second.High);
        difference = DoubleDouble.FastSum(difference.High, difference.Low + (first.Low - second.Low));

        double d = difference.High;
        double square = d * d;
        double late = 0.075 + (square * ((15.0 / 336.0) + (square * (105.0 / 3456.0))));
        double tail = square * d * ((1.0 / 6.0) + (square * late));
        DoubleDouble angle = DoubleDouble.Product(step, TrigKernel.StepHigh);
        DoubleDouble sum = DoubleDouble.Sum(angle.High, d);
        double low = sum.Low + (angle.Low + ((step * TrigKernel.StepMiddle) + (difference.Low + tail)));
        error = step == 0 ? sum.High * RelativeError : AbsoluteError;
        return new DoubleDouble(sum.High, low);
    }

    private static DoubleDouble RootOfOneMinusSquare(double x)
    {
        DoubleDouble square = DoubleDouble.Product(x, x);
        DoubleDouble rest = DoubleDouble.Sum(1.0, -square.High);
        rest = DoubleDouble.Sum(rest.High, rest.Low - square.Low);
        double root = Math.Sqrt(rest.High);
        if (root == 0.0)
        {
            return default;
        }

        double correction = (Math.FusedMultiplyAdd(-root, root, rest.High) + rest.Low) / (2.0 * root);
        return DoubleDouble.FastSum(root, correction);
    }
}
