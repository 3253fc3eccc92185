using System.Numerics;

namespace Serving.Features.Evaluation;

/// <summary>The reference interpreter's frame: it only counts, and so it is also where results saturate.</summary>
internal sealed class InterpretedFrame : FeatureFrame
{
    /// <summary>
    /// What every float operation ends with (R13): beyond the finite range the greatest finite number of that sign, and
    /// 0.0 instead of -0.0.
    /// </summary>
    public double Saturate(double result)
    {
        if (double.IsInfinity(result))
        {
            SaturationCount++;
            return result > 0 ? double.MaxValue : -double.MaxValue;
        }

        return result == 0 ? 0.0 : result;
    }

    /// <summary>What every int or decimal operation ends with (R102): the nearest of -2^63 .. 2^63-1.</summary>
    public BigInteger Saturate(BigInteger result)
    {
        BigInteger clamped = BigInteger.Clamp(result, long.MinValue, long.MaxValue);
        if (clamped != result)
        {
            SaturationCount++;
        }

        return clamped;
    }
}
