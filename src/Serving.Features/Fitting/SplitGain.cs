using System.Numerics;
using System.Runtime.InteropServices;

namespace Serving.Features.Fitting;

/// <summary>
/// Gain of splitting k positives of n rows into kL of nL and kR of nR, kept as an exact fraction: kL^2/nL + kR^2/nR -
/// k^2/n = (kL nR - kR nL)^2 / (nL nR n) (R84).
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct SplitGain
{
    // Relative distance from which two rounded gains are in the right order: each is at most 6 roundings off.
    private const double SafeRatio = 1 + 1e-14;

    private readonly Int128 _difference;
    private readonly long _leftRows;
    private readonly long _rightRows;
    private readonly double _rounded;

    public SplitGain(LabelCounts left, LabelCounts right)
    {
        _difference = ((Int128)left.Positives * right.Labelled) - ((Int128)right.Positives * left.Labelled);
        _leftRows = left.Labelled;
        _rightRows = right.Labelled;
        double difference = (double)_difference;
        _rounded = difference * difference / ((double)_leftRows * _rightRows * (_leftRows + (double)_rightRows));
    }

    /// <summary>Whether the two sides have different rates.</summary>
    public bool IsPositive => _difference != 0;

    /// <summary>Exact order of the fractions; binary64 decides where it is far enough away.</summary>
    public int OrderTo(SplitGain other)
    {
        if (_rounded > other._rounded * SafeRatio)
        {
            return 1;
        }

        return _rounded * SafeRatio < other._rounded ? -1 : CompareExactly(other);
    }

    private int CompareExactly(SplitGain other)
    {
        (BigInteger numerator, BigInteger denominator) = Fraction();
        (BigInteger otherNumerator, BigInteger otherDenominator) = other.Fraction();
        return (numerator * otherDenominator).CompareTo(otherNumerator * denominator);
    }

    private (BigInteger Numerator, BigInteger Denominator) Fraction() => (
        BigInteger.Pow(_difference, 2),
        (BigInteger)_leftRows * _rightRows * ((BigInteger)_leftRows + _rightRows));
}
