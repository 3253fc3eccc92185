namespace Serving.Features.Fitting;

/// <summary>
/// The formulas of the continuous encoders, as fitting applies them to hand one encoder's output to the next (R78).
/// Every operation saturates to the finite range and gives no -0.0 (R13).
/// </summary>
internal static class ContinuousEncoding
{
    /// <summary>min(max(v, lo), hi) (R77).</summary>
    public static double Clip(double value, double low, double high) => Math.Min(Math.Max(value, low), high) + 0.0;

    /// <summary>(v - mean) / std, 0 when std is 0 (R86).</summary>
    public static double Standardize(double value, FittedMoments moments) => moments.StandardDeviation == 0
        ? 0
        : Finite(Finite(value - moments.Mean) / moments.StandardDeviation);

    /// <summary>(v - min) / (max - min), 0 when max = min (R87).</summary>
    public static double Rescale(double value, FittedRange range) => range.Max == range.Min
        ? 0
        : Finite(Finite(value - range.Min) / Finite(range.Max - range.Min));

    /// <summary>(k + weight * p) / (n + weight), in this order (R89).</summary>
    public static double Rate(long positives, long rows, double weight, double prior) =>
        Finite(Finite(positives + Finite(weight * prior)) / Finite(rows + weight));

    /// <summary>The nearest finite number, without -0.0 (R13).</summary>
    public static double Finite(double value) => Math.Clamp(value, double.MinValue, double.MaxValue) + 0.0;
}
