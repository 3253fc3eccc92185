using System.Collections.Immutable;
using System.Numerics;
using Serving.Features.Fitting;
using Xunit;

namespace Serving.Features.Tests.Fitting;

public sealed class TreeBordersTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Fit_DrawnDistributions_EqualsExhaustiveSearch(int monotone)
    {
        var random = new Random(2 + monotone);
        int borders = 0;
        for (int round = 0; round < 400; round++)
        {
            NumberDistribution drawn = Distributions.Draw(random, 25, 6);
            int leaves = random.Next(1, 12);
            int least = random.Next(3) == 0 ? -1 : random.Next(0, 10);
            ImmutableArray<double> expected = Search(drawn, leaves, least, monotone);
            Assert.Equal(expected, TreeBorders.Fit(drawn, leaves, least, monotone));
            borders += expected.Length;
        }

        Assert.InRange(borders, 300, int.MaxValue);
    }

    [Fact]
    public void Fit_EqualGains_TakesTheSmallerBorder()
    {
        // Both single splits have the same gain by symmetry.
        var distribution = new NumberDistribution([1, 2, 3], [new(2, 2, 2), new(2, 2, 0), new(2, 2, 2)], default);
        Assert.Equal([2], TreeBorders.Fit(distribution, 2, 1, 0));
    }

    [Fact]
    public void Fit_RowsWithoutLabels_DoNotCount()
    {
        var distribution = new NumberDistribution([1, 2, 3], [new(9, 5, 0), new(99, 0, 0), new(9, 5, 5)], default);
        Assert.Equal([3], TreeBorders.Fit(distribution, 4, 5, 0));
        Assert.Empty(TreeBorders.Fit(distribution, 4, 6, 0));
    }

    // Every admissible split of every leaf, with gains as fractions of big integers.
    private static ImmutableArray<double> Search(NumberDistribution distribution, int leaves, long least, int monotone)
    {
        int[] used = [.. Enumerable.Range(0, distribution.Values.Length)
            .Where(index => distribution.Counts[index].Labelled > 0)];
        double[] values = [.. used.Select(index => distribution.Values[index])];
        LabelCounts[] counts = [.. used.Select(index => distribution.Counts[index])];
        long rows = counts.Sum(count => count.Labelled);
        long leastRows = least < 0 ? Math.Max(20, (long)Math.Ceiling(rows / 200.0)) : Math.Max(1, least);
        var starts = new SortedSet<int> { 0 };
        while (starts.Count < leaves)
        {
            (int Border, BigInteger Numerator, BigInteger Denominator)? best = null;
            IEnumerable<int> places = Enumerable.Range(1, Math.Max(0, values.Length - 1));
            foreach (int border in places.Where(place => !starts.Contains(place)))
            {
                int from = starts.Last(start => start < border);
                int to = starts.FirstOrDefault(start => start > border, values.Length);
                LabelCounts left = Sum(counts[from..border]);
                LabelCounts right = Sum(counts[border..to]);
                (BigInteger numerator, BigInteger denominator) = Gain(left, right);
                bool isBetter = numerator > 0
                    && (best is not { } known || numerator * known.Denominator > known.Numerator * denominator);
                if (left.Labelled >= leastRows && right.Labelled >= leastRows && isBetter
                    && IsMonotone([.. starts, border], counts, monotone))
                {
                    best = (border, numerator, denominator);
                }
            }

            if (best is null)
            {
                break;
            }

            starts.Add(best.Value.Border);
        }

        return [.. starts.Skip(1).Select(start => values[start])];
    }

    // kL^2/nL + kR^2/nR - k^2/n over one denominator.
    private static (BigInteger Numerator, BigInteger Denominator) Gain(LabelCounts left, LabelCounts right)
    {
        BigInteger nl = left.Labelled;
        BigInteger nr = right.Labelled;
        BigInteger n = nl + nr;
        BigInteger k = (BigInteger)left.Positives + right.Positives;
        BigInteger numerator = (BigInteger.Pow(left.Positives, 2) * nr * n)
            + (BigInteger.Pow(right.Positives, 2) * nl * n) - (k * k * nl * nr);
        return (numerator, nl * nr * n);
    }

    private static bool IsMonotone(int[] starts, LabelCounts[] counts, int monotone)
    {
        int[] edges = [.. starts.Order(), counts.Length];
        LabelCounts[] leaves = [.. edges.Zip(edges.Skip(1), (from, to) => Sum(counts[from..to]))];
        return leaves.Zip(leaves.Skip(1)).All(pair =>
        {
            BigInteger first = (BigInteger)pair.First.Positives * pair.Second.Labelled;
            BigInteger second = (BigInteger)pair.Second.Positives * pair.First.Labelled;
            return monotone == 0 || (monotone > 0 ? first <= second : first >= second);
        });
    }

    private static LabelCounts Sum(LabelCounts[] counts) =>
        counts.Aggregate(default(LabelCounts), (sum, next) => sum + next);
}
