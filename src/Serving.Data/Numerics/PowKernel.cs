namespace Serving.Data.Numerics;

/// <summary>First path of pow: e^(y * log x) with log x in double-double, error of y * log x below 2^-64.</summary>
/// <remarks>
/// The error of the product grows with |y * log x|, so the bound of the rounding test does too. Exact results and
/// ties, which no approximation can decide, are found by <see cref="BigFunctions"/>.
/// </remarks>
internal static class PowKernel
{
    public static double Pow(double x, double y)
    {
        if (y == 0.0)
        {
            return 1.0;
        }

        if (x > 0.0 && double.IsFinite(x) && double.IsFinite(y))
        {
            return Positive(x, y);
        }

        return Special(x, y);
    }

    private static double Special(double x, double y)
    {
        if (!double.IsFinite(x) || !double.IsFinite(y))
        {
            return double.NaN;
        }

        if (x == 0.0)
        {
            return y > 0.0 ? 0.0 : double.NaN;
        }

        if (y != Math.Floor(y))
        {
            return double.NaN;
        }

        // Above 2^53 every double is even.
        bool isOdd = Math.Abs(y) < 9007199254740992.0 && ((long)y & 1) != 0;
        double size = Positive(-x, y);
        return isOdd ? -size : size;
    }

    private static double Positive(double x, double y)
    {
        // One IEEE operation is correctly rounded by itself; squares are often exact ties of the rounding test.
        switch (y)
        {
            case 1.0:
                return x;
            case 2.0:
                return x * x;
            case -1.0:
                return 1.0 / x;
            case 0.5:
                return Math.Sqrt(x);
            default:
                break;
        }

        DoubleDouble log = LogKernel.Accurate(x, out double error);
        double estimate = y * log.High;
        if (estimate > 710.0)
        {
            return double.PositiveInfinity;
        }

        if (estimate < -746.0)
        {
            return 0.0;
        }

        // The result is 1 plus or minus less than a quarter of its last place; the products below would underflow.
        if (Math.Abs(estimate) < 1e-20)
        {
            return 1.0;
        }

        DoubleDouble product = DoubleDouble.Multiply(log, new DoubleDouble(y, 0.0));
        DoubleDouble significand = ExpKernel.ExpOf(product, out int exponent);
        double bound = ExpKernel.RelativeError + (2.0 * Math.Abs(y) * error) + (Math.Abs(estimate) * 2e-31);
        return ExpKernel.Finish(significand, exponent, bound, out double result) ? result : BigFunctions.Pow(x, y);
    }
}
