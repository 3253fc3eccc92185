using Serving.Engine.Drift;
using Xunit;

namespace Serving.Engine.Tests.Drift;

public sealed class PopulationStabilityTests
{
    [Fact]
    public void Index_HandComputedShares_IsTheSum()
    {
        // Shares .5 .3 .2 against .4 .4 .2.
        double expected = (0.1 * Math.Log(0.5 / 0.4)) + (-0.1 * Math.Log(0.3 / 0.4));

        Assert.Equal(expected, PopulationStability.Index([50, 30, 20], [400, 400, 200]), 12);
        Assert.Equal(0, PopulationStability.Index([5, 3, 2], [500, 300, 200]));
    }

    [Fact]
    public void Index_EmptyBuckets_AreFlooredAndThoseOfBothSidesAddNothing()
    {
        double expected = (1 - 1e-4) * Math.Log(1 / 1e-4) * 2;

        Assert.Equal(expected, PopulationStability.Index([10, 0, 0], [0, 10, 0]), 12);
        Assert.Equal(0, PopulationStability.Index([0, 0], [1, 2]));
        Assert.Equal(0, PopulationStability.Index([1, 2], [0, 0]));
    }

    [Fact]
    public void Expected_SamplesOfOneDistribution_IsTheirMeanIndex()
    {
        const int rows = 2_000;
        const int baselineRows = 5_000;
        const int trials = 400;
        var random = new Random(7);
        double sum = 0;
        for (int trial = 0; trial < trials; trial++)
        {
            sum += PopulationStability.Index(Draw(random, rows), Draw(random, baselineRows));
        }

        double expected = PopulationStability.Expected(10, rows, baselineRows);
        Assert.Equal(9 * ((1.0 / rows) + (1.0 / baselineRows)), expected);
        Assert.InRange(sum / trials / expected, 0.9, 1.1);
    }

    [Theory]
    [InlineData(0.09, 0, DriftState.Ok)]
    [InlineData(0.1, 0, DriftState.Warn)]
    [InlineData(0.1, 0.021, DriftState.Ok)]
    [InlineData(0.25, 0.05, DriftState.Page)]
    [InlineData(0.25, 0.0501, DriftState.Ok)]
    [InlineData(0.3, 0.001, DriftState.Page)]
    public void StateOf_EdgesOfTheBands_NeverBelowChance(double index, double expected, DriftState state) =>
        Assert.Equal(state, PopulationStability.StateOf(index, expected));

    [Fact]
    public void BucketsOf_FineCells_KeepAtomsAloneAndStayWithinTheNumber()
    {
        int[] buckets = PopulationStability.BucketsOf([1, 1, 90, 2, 2, 2, 1, 1], 10);

        Assert.Equal([0, 0, 1, 2, 3, 4, 5, 5], buckets);
        int[] even = PopulationStability.BucketsOf([.. Enumerable.Repeat(7L, 1000)]);
        Assert.Equal(10, even.Distinct().Count());
        Assert.All(even.GroupBy(bucket => bucket), group => Assert.Equal(100, group.Count()));

        long[] sums = new long[6];
        PopulationStability.Join([1, 1, 90, 2, 2, 2, 1, 1], buckets, sums);
        Assert.Equal([2L, 90L, 2L, 2L, 2L, 2L], sums);
    }

    private static long[] Draw(Random random, int rows)
    {
        long[] counts = new long[10];
        for (int row = 0; row < rows; row++)
        {
            counts[random.Next(10)]++;
        }

        return counts;
    }
}
