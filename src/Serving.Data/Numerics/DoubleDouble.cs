using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serving.Data.Numerics;

/// <summary>An unevaluated sum of two doubles, about 106 bits.</summary>
/// <remarks>
/// Error-free transformations after T. J. Dekker (1971) and D. E. Knuth (TAOCP 2, 4.2.2); products by fused
/// multiply-add.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DoubleDouble(double High, double Low)
{
    /// <summary>a + b exactly; requires |a| not below |b| or a = 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble FastSum(double a, double b)
    {
        double sum = a + b;
        return new DoubleDouble(sum, b - (sum - a));
    }

    /// <summary>a + b exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble Sum(double a, double b)
    {
        double sum = a + b;
        double part = sum - a;
        return new DoubleDouble(sum, (a - (sum - part)) + (b - part));
    }

    /// <summary>a * b exactly, where no part underflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble Product(double a, double b)
    {
        double product = a * b;
        return new DoubleDouble(product, Math.FusedMultiplyAdd(a, b, -product));
    }

    /// <summary>The product with a relative error below 2^-102.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble Multiply(DoubleDouble a, DoubleDouble b)
    {
        double product = a.High * b.High;
        double rest = Math.FusedMultiplyAdd(a.High, b.High, -product);
        rest = Math.FusedMultiplyAdd(a.High, b.Low, rest);
        rest = Math.FusedMultiplyAdd(a.Low, b.High, rest);
        return FastSum(product, rest);
    }

    /// <summary>Ziv's test: true when every value within the error of the sum rounds to the same double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRound(double error, out double rounded)
    {
        rounded = High + (Low + error);
        return rounded == High + (Low - error);
    }
}
