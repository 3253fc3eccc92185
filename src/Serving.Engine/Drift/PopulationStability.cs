using Serving.Data.Numerics;

namespace Serving.Engine.Drift;

/// <summary>
/// The population stability index: how far counts in buckets are from those of a baseline in the same buckets. Pure
/// functions, safe for use by several threads.
/// </summary>
/// <remarks>
/// PSI = sum over buckets of (a - b) ln(a / b), a and b the shares of both sides, each at least
/// <see cref="ShareMin"/>. Two samples of one distribution give (B - 1)(1/n + 1/m) on average, since n times the sum is
/// nearly chi-squared of B - 1 degrees (B. Yurdakul, "Statistical properties of population stability index", 2018).
/// </remarks>
public static class PopulationStability
{
    /// <summary>PSI from which a distribution is to be looked at.</summary>
    public const double WarnFrom = 0.1;

    /// <summary>PSI from which somebody is to be called.</summary>
    public const double PageFrom = 0.25;

    /// <summary>A PSI below so many times its expectation is chance, whatever its size.</summary>
    public const double ChanceFactor = 5;

    /// <summary>Least share of a bucket: an empty one would make the index infinite.</summary>
    public const double ShareMin = 1e-4;

    /// <summary>Buckets of numbers: the baseline's deciles.</summary>
    public const int Deciles = 10;

    /// <summary>The index; 0 where a side has no rows. Buckets that both sides lack add nothing.</summary>
    /// <param name="actual">Rows of each bucket.</param>
    /// <param name="baseline">The baseline's rows of each bucket, as many as of <paramref name="actual"/>.</param>
    public static double Index(ReadOnlySpan<long> actual, ReadOnlySpan<long> baseline)
    {
        double rows = Sum(actual);
        double baselineRows = Sum(baseline);
        if (rows <= 0 || baselineRows <= 0)
        {
            return 0;
        }

        double index = 0;
        for (int bucket = 0; bucket < actual.Length; bucket++)
        {
            double share = Math.Max(ShareMin, actual[bucket] / rows);
            double baselineShare = Math.Max(ShareMin, baseline[bucket] / baselineRows);
            index += (share - baselineShare) * PortableMath.Log(share / baselineShare);
        }

        return index;
    }

    /// <summary>What the index is on average without drift; 0 where a side has no rows.</summary>
    /// <param name="buckets">Buckets that are not empty on both sides.</param>
    /// <param name="rows">Rows compared.</param>
    /// <param name="baselineRows">Rows of the baseline.</param>
    public static double Expected(int buckets, long rows, long baselineRows) =>
        buckets <= 1 || rows <= 0 || baselineRows <= 0
            ? 0
            : (buckets - 1) * ((1.0 / rows) + (1.0 / baselineRows));

    /// <summary>The same for counts: buckets that both sides lack do not count.</summary>
    public static double Expected(ReadOnlySpan<long> actual, ReadOnlySpan<long> baseline)
    {
        int buckets = 0;
        for (int bucket = 0; bucket < actual.Length; bucket++)
        {
            buckets += actual[bucket] > 0 || baseline[bucket] > 0 ? 1 : 0;
        }

        return Expected(buckets, Sum(actual), Sum(baseline));
    }

    /// <summary>Whether an index is above a limit and above what chance gives.</summary>
    public static bool IsAbove(double index, double limit, double expected) =>
        index >= limit && index >= ChanceFactor * expected;

    /// <summary>What an index says: warn from 0.1, page from 0.25, never below 5 x its expectation.</summary>
    public static DriftState StateOf(double index, double expected) =>
        IsAbove(index, PageFrom, expected) ? DriftState.Page
        : IsAbove(index, WarnFrom, expected) ? DriftState.Warn
        : DriftState.Ok;

    /// <summary>
    /// Joins fine cells (a histogram in the values' order) to at most <paramref name="buckets"/>: a cell that alone
    /// holds a bucket's share begins one and ends it, the others share the rest evenly. Returns for each cell its
    /// bucket, ascending.
    /// </summary>
    /// <param name="baseline">The baseline's rows of each cell.</param>
    /// <param name="buckets">How many buckets are wanted.</param>
    public static int[] BucketsOf(ReadOnlySpan<long> baseline, int buckets = Deciles)
    {
        int[] bucketOf = new int[baseline.Length];
        long all = Sum(baseline);
        long outside = all;
        int atoms = 0;
        foreach (long count in baseline)
        {
            bool isAtom = IsAtom(count, all, buckets);
            outside -= isAtom ? count : 0;
            atoms += isAtom ? 1 : 0;
        }

        double share = outside / (double)Math.Max(1, buckets - atoms);
        int bucket = 0;
        long rows = 0;
        for (int cell = 0; cell < baseline.Length; cell++)
        {
            if (rows > 0 && (rows >= share || IsAtom(baseline[cell], all, buckets)) && bucket < buckets - 1)
            {
                bucket++;
                rows = 0;
            }

            bucketOf[cell] = bucket;
            rows += baseline[cell];
        }

        return bucketOf;
    }

    /// <summary>Sums cells by their buckets.</summary>
    /// <param name="cells">Rows of each cell.</param>
    /// <param name="bucketOf">For each cell its bucket.</param>
    /// <param name="sums">Receives the rows of each bucket; the rest is 0.</param>
    public static void Join(ReadOnlySpan<long> cells, ReadOnlySpan<int> bucketOf, Span<long> sums)
    {
        sums.Clear();
        for (int cell = 0; cell < cells.Length; cell++)
        {
            sums[bucketOf[cell]] += cells[cell];
        }
    }

    // An atom alone holds at least one bucket's share of all rows.
    private static bool IsAtom(long count, long all, int buckets) => count > 0 && (Int128)count * buckets >= all;

    private static long Sum(ReadOnlySpan<long> counts)
    {
        long sum = 0;
        foreach (long count in counts)
        {
            sum += count;
        }

        return sum;
    }
}
