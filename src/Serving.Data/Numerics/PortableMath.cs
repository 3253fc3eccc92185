namespace Serving.Data.Numerics;

/// <summary>Elementary functions with correctly rounded binary64 results, the same bits on every machine.</summary>
/// <remarks>
/// Rule R14 of the feature language. Each function first computes a sum of two doubles with a known error bound and
/// takes it when both ends of the error interval round to the same double (A. Ziv, "Fast evaluation of elementary
/// mathematical functions with correctly rounded last bit", ACM TOMS 17(3), 1991). The few arguments that are left,
/// about one in 2^12 to 2^20, go to <see cref="BigFunctions"/>, whose precision grows until the rounding is decided.
/// Only IEEE additions, multiplications, divisions, square roots and fused multiply-adds are used, each of them exact
/// by definition, so neither the processor nor the C library has a say. Nothing is allocated on the first path. Zero
/// results may carry a minus sign; the language replaces it (R13). All members may be called from any thread.
/// </remarks>
public static class PortableMath
{
    /// <summary>
    /// e to the power x; +infinity beyond the largest double, 0 or a subnormal where the result is tiny.
    /// </summary>
    public static double Exp(double x) => ExpKernel.Exp(x);

    /// <summary>
    /// 2 to the power x; +infinity beyond the largest double, 0 or a subnormal where the result is tiny.
    /// </summary>
    public static double Exp2(double x) => ExpKernel.Exp2(x);

    /// <summary>The natural logarithm of x; NaN for zero and below.</summary>
    public static double Log(double x) => LogKernel.Log(x);

    /// <summary>The natural logarithm of 1 + x, exact for tiny x; NaN for -1 and below.</summary>
    public static double Log1p(double x) => LogKernel.Log1p(x);

    /// <summary>x to the power y.</summary>
    /// <remarks>
    /// 1 for y = 0; 0 for x = 0 and y above 0; NaN for x = 0 and y below 0 and for negative x with a fractional y;
    /// an infinity with the sign of the result beyond the finite range.
    /// </remarks>
    public static double Pow(double x, double y) => PowKernel.Pow(x, y);

    /// <summary>The sine of x radians, for any finite x.</summary>
    public static double Sin(double x) => TrigKernel.Sin(x);

    /// <summary>The cosine of x radians, for any finite x.</summary>
    public static double Cos(double x) => TrigKernel.Cos(x);

    /// <summary>The angle in radians, -pi/2 to pi/2, whose sine is x; NaN outside -1..1.</summary>
    public static double Asin(double x) => AsinKernel.Asin(x);
}
