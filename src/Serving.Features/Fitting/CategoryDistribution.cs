using System.Collections.Immutable;

namespace Serving.Features.Fitting;

/// <summary>The distinct values of a column, ascending, with their counts: what vocab and rate are fitted on.</summary>
internal sealed class CategoryDistribution(
    CategoryType type, CategoryValue[] values, LabelCounts[] counts, long present, LabelCounts missing)
{
    /// <summary>Numbers as categories; a slot holds the bits of a number.</summary>
    public static CategoryDistribution Of(NumberDistribution numbers)
    {
        var values = new CategoryValue[numbers.Values.Length];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = new CategoryValue(BitConverter.DoubleToInt64Bits(numbers.Values[index]), []);
        }

        return new CategoryDistribution(
            new CategoryType(Types.TypeKind.Float, 0),
            values,
            numbers.Counts.ToArray(),
            numbers.Present,
            numbers.Missing);
    }

    /// <summary>
    /// At most <paramref name="size"/> values seen <paramref name="least"/> times, by count, then value (R85).
    /// </summary>
    public FittedVocabulary FitVocabulary(long size, long least)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).Where(index => counts[index].Rows >= least)];
        Array.Sort(order, (left, right) =>
        {
            int byCount = counts[right].Rows.CompareTo(counts[left].Rows);
            return byCount == 0 ? left.CompareTo(right) : byCount;
        });
        int[] kept = order.Length > size ? order[..(int)size] : order;
        ImmutableArray<long> keptCounts = [.. kept.Select(index => counts[index].Rows)];
        long elements = counts.Sum(count => count.Rows);
        return new FittedVocabulary([.. kept.Select(index => values[index])], keptCounts)
        {
            Type = type,
            Observed = new FittedCounts(
                present, missing.Rows, [[missing.Rows, elements - keptCounts.Sum(), .. keptCounts]]),
        };
    }

    /// <summary>
    /// Counts of labels for each value; the base rate is over all rows, those without a value too (R89).
    /// </summary>
    public FittedRates FitRates()
    {
        LabelCounts all = counts.Aggregate(missing, static (sum, next) => sum + next);

        // A value without any known label is unseen.
        int[] seen = [.. Enumerable.Range(0, values.Length).Where(index => counts[index].Labelled > 0)];
        return new FittedRates(
            FittedRates.PriorOf(all.Positives, all.Labelled),
            [.. seen.Select(index => values[index])],
            [.. seen.Select(index => counts[index].Positives)],
            [.. seen.Select(index => counts[index].Labelled)])
        {
            Type = type,
            Labelled = all.Labelled,
            AllPositives = all.Positives,
            Observed = new FittedCounts(present, missing.Rows, []),
        };
    }

    /// <summary>The distribution of the rates that the values become.</summary>
    public NumberDistribution Encode(FittedRates rates, double weight)
    {
        double[] encoded = new double[values.Length];
        for (int index = 0; index < encoded.Length; index++)
        {
            encoded[index] = counts[index].Labelled == 0
                ? rates.Prior
                : ContinuousEncoding.Rate(counts[index].Positives, counts[index].Labelled, weight, rates.Prior);
        }

        return new NumberDistribution(encoded, (LabelCounts[])counts.Clone(), missing).Map(static value => value);
    }
}
