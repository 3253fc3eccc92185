using System.Collections.Immutable;

namespace Serving.Features.Fitting;

/// <summary>
/// Buckets with atoms: borders of <c>quantiles</c> (R79 to R82). Means are compared as exact fractions, so that borders
/// do not depend on rounding.
/// </summary>
internal static class QuantileBorders
{
    /// <summary>
    /// Borders for about <paramref name="size"/> buckets, each of at least <paramref name="least"/> rows.
    /// </summary>
    public static ImmutableArray<double> Fit(NumberDistribution distribution, long size, long least) =>
        distribution.Values.Length <= size
            ? FitFewValues(distribution, least)
            : FitManyValues(distribution, size, least);

    // Every value is its own bucket; rare ones are joined to the right-hand neighbour.
    private static ImmutableArray<double> FitFewValues(NumberDistribution distribution, long least)
    {
        ReadOnlySpan<double> values = distribution.Values;
        ReadOnlySpan<LabelCounts> counts = distribution.Counts;
        var borders = ImmutableArray.CreateBuilder<double>();
        if (values.IsEmpty)
        {
            return [];
        }

        long rowsFromHere = distribution.Present - counts[0].Rows;
        long rowsInBucket = counts[0].Rows;
        for (int index = 1; index < values.Length; index++)
        {
            if (rowsInBucket >= least && rowsFromHere >= least)
            {
                borders.Add(values[index]);
                rowsInBucket = 0;
            }

            rowsInBucket += counts[index].Rows;
            rowsFromHere -= counts[index].Rows;
        }

        return borders.ToImmutable();
    }

    private static ImmutableArray<double> FitManyValues(NumberDistribution distribution, long size, long least)
    {
        ReadOnlySpan<double> values = distribution.Values;
        ReadOnlySpan<LabelCounts> counts = distribution.Counts;
        long rows = distribution.Present;
        long rowsOutsideAtoms = rows;
        long atoms = 0;
        foreach (LabelCounts count in counts)
        {
            if (IsAtom(count.Rows, size, rows))
            {
                rowsOutsideAtoms -= count.Rows;
                atoms++;
            }
        }

        // The mean share of a bucket outside atoms is rowsOutsideAtoms / buckets, a real quotient (R80).
        Int128 buckets = Math.Max(1, size - atoms);
        var borders = ImmutableArray.CreateBuilder<double>();
        long rowsInBucket = counts[0].Rows;
        bool wasAtom = IsAtom(counts[0].Rows, size, rows);
        for (int index = 1; index < values.Length; index++)
        {
            bool isAtom = IsAtom(counts[index].Rows, size, rows);
            Int128 scaled = rowsInBucket * buckets;
            if (wasAtom
                || scaled >= rowsOutsideAtoms
                || (isAtom && rowsInBucket >= least && 2 * scaled >= rowsOutsideAtoms))
            {
                borders.Add(values[index]);

                // A value of a sketch overshoots by many rows: they are the next bucket's, or errors would add up.
                rowsInBucket = distribution.IsSketched && !wasAtom && scaled > rowsOutsideAtoms
                    ? (long)((scaled - rowsOutsideAtoms) / buckets)
                    : 0;
            }

            rowsInBucket += counts[index].Rows;
            wasAtom = isAtom;
        }

        return borders.ToImmutable();
    }

    // An atom alone holds at least one bucket's share of all rows.
    private static bool IsAtom(long count, long size, long rows) => (Int128)count * size >= rows;
}
