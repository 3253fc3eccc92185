namespace Serving.Data.Numerics;

/// <summary>Count, mean and population variance of doubles, each the double nearest to its exact value (R86).</summary>
/// <remarks>
/// The order of values and merges cannot change a result. Not thread-safe: one owner, or one per thread and
/// <see cref="Merge"/>. Nothing is allocated while values are added.
/// </remarks>
public sealed class ExactMoments
{
    private readonly ExactSum _sum = new();
    private readonly ExactSum _squares = new();

    /// <summary>How many values were added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a finite value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or infinite.</exception>
    public void Add(double value)
    {
        _sum.Add(value);
        _squares.AddSquare(value);
        Count++;
    }

    /// <summary>Adds all values of another one, which keeps its own.</summary>
    public void Merge(ExactMoments other)
    {
        _sum.Merge(other._sum);
        _squares.Merge(other._squares);
        Count += other.Count;
    }

    /// <summary>The double nearest to the sum; 0 without values.</summary>
    public double Sum() => _sum.Sum();

    /// <summary>The double nearest to the mean; NaN without values.</summary>
    public double Mean() => Count == 0 ? double.NaN : _sum.Mean(Count);

    /// <summary>The double nearest to the population variance; NaN without values.</summary>
    public double Variance() => Count == 0 ? double.NaN : ExactSum.Variance(_sum, _squares, Count);
}
