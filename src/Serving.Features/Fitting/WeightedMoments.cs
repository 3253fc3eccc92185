using System.Numerics;
using Serving.Data.Numerics;

namespace Serving.Features.Fitting;

/// <summary>
/// Count, range, mean and population variance of numbers, exact: a superaccumulator with one cell for each binary
/// exponent (after Kulisch), so that the order of the numbers never matters. One thread; merged with others.
/// </summary>
internal sealed class WeightedMoments
{
    private const int Exponents = 2047;
    private const int UnitExponent = 1074;
    private const ulong FractionMask = (1UL << 52) - 1;

    // Sum of significand * count of each exponent field: |significand| < 2^53 and all counts together < 2^63.
    private readonly Int128[] _sums = new Int128[Exponents];

    // Sum of significand^2 * count, the square (106 bits) split at bit 64 so that 128 bits hold each sum.
    private readonly UInt128[] _squaresLow = new UInt128[Exponents];
    private readonly UInt128[] _squaresHigh = new UInt128[Exponents];

    public long Count { get; private set; }

    public double Min { get; private set; } = double.PositiveInfinity;

    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>Adds a finite number as often as given.</summary>
    public void Add(double value, long times = 1)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        int field = (int)(bits >> 52) & 0x7FF;
        ulong significand = (bits & FractionMask) | (field == 0 ? 0 : FractionMask + 1);
        Int128 sum = (Int128)significand * times;
        _sums[field] += value < 0 ? -sum : sum;
        ulong high = Math.BigMul(significand, significand, out ulong low);
        _squaresLow[field] += (UInt128)low * (ulong)times;
        _squaresHigh[field] += (UInt128)high * (ulong)times;
        Count += times;
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
    }

    public void Merge(WeightedMoments other)
    {
        for (int field = 0; field < Exponents; field++)
        {
            _sums[field] += other._sums[field];
            _squaresLow[field] += other._squaresLow[field];
            _squaresHigh[field] += other._squaresHigh[field];
        }

        Count += other.Count;
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The binary64 nearest to the mean; 0 of nothing.</summary>
    public double Mean() => Count == 0 ? 0 : ExactRatio.ToDouble(Sum(), (BigInteger)Count << UnitExponent);

    /// <summary>The binary64 nearest to the population variance; 0 of nothing.</summary>
    public double Variance()
    {
        if (Count == 0)
        {
            return 0;
        }

        BigInteger sum = Sum();
        BigInteger count = Count;
        return ExactRatio.ToDouble((count * Squares()) - (sum * sum), (count * count) << (2 * UnitExponent));
    }

    // In units of 2^-1074.
    private BigInteger Sum()
    {
        BigInteger total = BigInteger.Zero;
        for (int field = 0; field < Exponents; field++)
        {
            if (_sums[field] != 0)
            {
                total += (BigInteger)_sums[field] << Shift(field);
            }
        }

        return total;
    }

    // In units of 2^-2148.
    private BigInteger Squares()
    {
        BigInteger total = BigInteger.Zero;
        for (int field = 0; field < Exponents; field++)
        {
            if (_squaresLow[field] != 0 || _squaresHigh[field] != 0)
            {
                BigInteger square = ((BigInteger)_squaresHigh[field] << 64) + _squaresLow[field];
                total += square << (2 * Shift(field));
            }
        }

        return total;
    }

    // A number of exponent field f is significand * 2^(max(f, 1) - 1075).
    private static int Shift(int field) => Math.Max(field, 1) - 1;
}
