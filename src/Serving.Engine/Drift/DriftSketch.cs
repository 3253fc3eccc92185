using System.Collections.Immutable;

namespace Serving.Engine.Drift;

/// <summary>
/// Counts of a column in the buckets of its baseline: what servers of one bundle, or hours of one server, merge by
/// adding. Immutable.
/// </summary>
/// <param name="Borders">Numbers at which buckets begin; empty of a text.</param>
/// <param name="Values">The values that have a bucket; empty of a number.</param>
/// <param name="Counts">Rows of each bucket: one more than borders, or one for each value.</param>
/// <param name="Other">Rows of a text with another value.</param>
/// <param name="Missing">Rows without a value.</param>
public sealed record DriftSketch(
    ImmutableArray<double> Borders,
    ImmutableArray<string> Values,
    ImmutableArray<long> Counts,
    long Other,
    long Missing)
{
    /// <summary>The counts of both. REQUIRES: both were made with the same baseline.</summary>
    /// <exception cref="ArgumentException">Their buckets differ.</exception>
    public DriftSketch Merge(DriftSketch other)
    {
        if (!Borders.SequenceEqual(other.Borders) || !Values.SequenceEqual(other.Values))
        {
            throw new ArgumentException("sketches of different baselines have different buckets", nameof(other));
        }

        return this with
        {
            Counts = [.. Counts.Zip(other.Counts, (left, right) => left + right)],
            Other = Other + other.Other,
            Missing = Missing + other.Missing,
        };
    }
}
