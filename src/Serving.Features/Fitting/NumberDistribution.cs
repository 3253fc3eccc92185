using System.Collections.Immutable;

namespace Serving.Features.Fitting;

/// <summary>
/// The distinct numbers of a column, ascending, with their counts; what every encoder of numbers is fitted on.
/// </summary>
/// <param name="values">Strictly ascending, finite, no -0.0.</param>
/// <param name="counts">Rows of each value, at least 1.</param>
/// <param name="missing">Rows without a value.</param>
/// <param name="isSketched">Whether values stand for others near them.</param>
internal sealed class NumberDistribution(
    double[] values, LabelCounts[] counts, LabelCounts missing, bool isSketched = false)
{
    /// <summary>Whether values stand for others near them, as a sketch tells them.</summary>
    public bool IsSketched => isSketched;

    public ReadOnlySpan<double> Values => values;

    public ReadOnlySpan<LabelCounts> Counts => counts;

    public LabelCounts Missing { get; } = missing;

    /// <summary>Rows with a value.</summary>
    public long Present { get; } = counts.Sum(count => count.Rows);

    /// <summary>The distribution of f(value); values that become equal are joined.</summary>
    public NumberDistribution Map(Func<double, double> function)
    {
        double[] mapped = Array.ConvertAll(values, value => function(value));
        var mappedCounts = (LabelCounts[])counts.Clone();
        Array.Sort(mapped, mappedCounts);
        int last = -1;
        for (int index = 0; index < mapped.Length; index++)
        {
            if (last >= 0 && mapped[last] == mapped[index])
            {
                mappedCounts[last] += mappedCounts[index];
            }
            else
            {
                mapped[++last] = mapped[index];
                mappedCounts[last] = mappedCounts[index];
            }
        }

        return new NumberDistribution(mapped[..(last + 1)], mappedCounts[..(last + 1)], Missing, isSketched);
    }

    /// <summary>The distribution after missing values became <paramref name="fill"/>.</summary>
    public NumberDistribution Fill(double fill)
    {
        if (Missing.Rows == 0)
        {
            return this;
        }

        int place = Array.BinarySearch(values, fill);
        var filled = (LabelCounts[])counts.Clone();
        if (place >= 0)
        {
            filled[place] += Missing;
            return new NumberDistribution(values, filled, default, isSketched);
        }

        return new NumberDistribution(
            [.. values[..~place], fill, .. values[~place..]],
            [.. filled[..~place], Missing, .. filled[~place..]],
            default,
            isSketched);
    }

    /// <summary>Rows of each id of a list of borders: 0 missing, 1 unseen, then the buckets.</summary>
    public ImmutableArray<long> CountIds(ImmutableArray<double> borders)
    {
        long[] ids = new long[borders.Length + 3];
        ids[0] = Missing.Rows;
        int bucket = 0;
        for (int index = 0; index < values.Length; index++)
        {
            while (bucket < borders.Length && borders[bucket] <= values[index])
            {
                bucket++;
            }

            ids[bucket + 2] += counts[index].Rows;
        }

        return ImmutableArray.Create(ids);
    }
}
