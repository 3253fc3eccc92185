using System.Runtime.CompilerServices;
using Serving.Data.Numerics;

namespace Serving.Features.Emit.Runtime;

/// <summary>
/// Operations of floats as emitted code calls them. Every result is finite and never -0.0 (R13). NaN as a result means
/// missing: it can arise nowhere else, and emitted code turns it into missing at once.
/// </summary>
internal static class FloatArithmetic
{
    private const double EarthRadiusKm = 6371.0088;

    /// <summary>Saturates an infinity, counts it, and makes -0.0 positive; NaN passes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Finish(double value, CompiledFrame frame) =>
        Math.Abs(value) > double.MaxValue ? Saturate(value, frame) : value + 0.0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double AddFloat(double left, double right, CompiledFrame frame) => Finish(left + right, frame);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SubtractFloat(double left, double right, CompiledFrame frame) => Finish(left - right, frame);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double MultiplyFloat(double left, double right, CompiledFrame frame) => Finish(left * right, frame);

    /// <summary>Missing where the divisor is 0 (R10).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double DivideFloat(double left, double right, CompiledFrame frame) =>
        right == 0 ? double.NaN : Finish(left / right, frame);

    /// <summary>Exact remainder with the sign of the dividend; missing where the divisor is 0 (R12).</summary>
    public static double RemainderFloat(double left, double right, CompiledFrame frame) =>
        right == 0 ? double.NaN : Finish(left % right, frame);

    public static double NegateFloat(double value) => -value + 0.0;

    public static double AbsFloat(double value) => Math.Abs(value);

    public static long FloorFloat(double value, CompiledFrame frame) => ToInt(Math.Floor(value), frame);

    public static long RoundFloat(double value, CompiledFrame frame) =>
        ToInt(Math.Round(value, MidpointRounding.ToEven), frame);

    public static long DecimalFromFloat(double value, int scale, CompiledFrame frame)
    {
        long result = DecimalConversion.FromDouble(value, scale, out bool saturated);
        if (saturated)
        {
            frame.CountSaturation();
        }

        return result;
    }

    public static double DecimalToFloat(long minor, int scale) => DecimalConversion.ToDouble(minor, scale);

    public static double IntToFloat(long value) => value;

    public static double SqrtFloat(double value) => value < 0 ? double.NaN : Math.Sqrt(value) + 0.0;

    public static double LogFloat(double value) => value <= 0 ? double.NaN : PortableMath.Log(value) + 0.0;

    public static double Log1pFloat(double value) => value <= -1 ? double.NaN : PortableMath.Log1p(value) + 0.0;

    public static double ExpFloat(double value, CompiledFrame frame) => Finish(PortableMath.Exp(value), frame);

    public static double PowFloat(double value, double exponent, CompiledFrame frame) =>
        Finish(PortableMath.Pow(value, exponent), frame);

    /// <summary>sin((x / period) * 6.283185307179586) (R63); missing where the period is 0.</summary>
    public static double CircularSin(double value, double period, CompiledFrame frame) =>
        period == 0 ? double.NaN : PortableMath.Sin(Angle(value, period, frame)) + 0.0;

    /// <summary>cos((x / period) * 6.283185307179586) (R63); missing where the period is 0.</summary>
    public static double CircularCos(double value, double period, CompiledFrame frame) =>
        period == 0 ? double.NaN : PortableMath.Cos(Angle(value, period, frame)) + 0.0;

    /// <summary>(k + prior * weight) / (n + weight): product, sum, sum, quotient (R64).</summary>
    public static double SmoothFloat(double k, double n, double prior, double weight, CompiledFrame frame)
    {
        double numerator = Finish(k + Finish(prior * weight, frame), frame);
        double denominator = Finish(n + weight, frame);
        return denominator == 0 ? double.NaN : Finish(numerator / denominator, frame);
    }

    /// <summary>Haversine distance in this order of operations (R62); missing outside +-90, +-180.</summary>
    public static double DistanceKm(double lat1, double lon1, double lat2, double lon2)
    {
        bool inRange = Math.Abs(lat1) <= 90 && Math.Abs(lat2) <= 90 && Math.Abs(lon1) <= 180 && Math.Abs(lon2) <= 180;
        if (!inRange)
        {
            return double.NaN;
        }

        const double Radian = Math.PI / 180;
        double sinLat = PortableMath.Sin((lat2 - lat1) * Radian / 2);
        double sinLon = PortableMath.Sin((lon2 - lon1) * Radian / 2);
        double cosines = PortableMath.Cos(lat1 * Radian) * PortableMath.Cos(lat2 * Radian);
        double a = (sinLat * sinLat) + (cosines * (sinLon * sinLon));
        return (2 * EarthRadiusKm * PortableMath.Asin(Math.Sqrt(Math.Min(1, a)))) + 0.0;
    }

    public static double ClipFloat(double value, double low, double high) => Math.Min(Math.Max(value, low), high) + 0.0;

    /// <summary>(v - mean) / deviation, 0 where the deviation is 0 (R86).</summary>
    public static double StandardizeFloat(double value, double mean, double deviation, CompiledFrame frame) =>
        deviation == 0 ? 0 : Finish(Finish(value - mean, frame) / deviation, frame);

    /// <summary>(v - min) / (max - min), 0 where both are equal (R87).</summary>
    public static double MinMaxFloat(double value, double min, double max, CompiledFrame frame) =>
        max == min ? 0 : Finish(Finish(value - min, frame) / Finish(max - min, frame), frame);

    private static double Angle(double value, double period, CompiledFrame frame) =>
        Finish(Finish(value / period, frame) * 6.283185307179586, frame);

    private static long ToInt(double whole, CompiledFrame frame)
    {
        // 2^63 is the least double above the range; -2^63 is the least int itself.
        const double TwoTo63 = 9223372036854775808.0;
        if (whole >= TwoTo63)
        {
            frame.CountSaturation();
            return long.MaxValue;
        }

        if (whole < -TwoTo63)
        {
            frame.CountSaturation();
            return long.MinValue;
        }

        return (long)whole;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Saturate(double value, CompiledFrame frame)
    {
        frame.CountSaturation();
        return value > 0 ? double.MaxValue : -double.MaxValue;
    }
}
