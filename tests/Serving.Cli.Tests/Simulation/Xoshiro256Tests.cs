using Serving.Cli.Simulation;

namespace Serving.Cli.Tests.Simulation;

public sealed class Xoshiro256Tests
{
    /// <summary>The first numbers that the authors' C code gives for a state filled by SplitMix64 from 0.</summary>
    [Fact]
    public void Next_SeedZero_GivesThePublishedNumbers()
    {
        Xoshiro256 random = new(0);
        ulong[] expected = [11091344671253066420, 13793997310169335082, 1900383378846508768, 7684712102626143532];
        Assert.All(expected, number => Assert.Equal(number, random.Next()));
    }

    [Fact]
    public void Fork_OfOneSeed_HasOtherNumbersThanItsOrigin()
    {
        Xoshiro256 random = new(7);
        Xoshiro256 fork = random.Fork();
        Assert.NotEqual(random.Next(), fork.Next());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void NextBelow_ManyTimes_StaysBelowAndReachesTheEnds(int bound)
    {
        Xoshiro256 random = new(3);
        int[] numbers = [.. Enumerable.Range(0, 20_000).Select(_ => random.NextBelow(bound))];
        Assert.Equal(0, numbers.Min());
        Assert.Equal(bound - 1, numbers.Max());
    }

    [Fact]
    public void NextNormal_ManyTimes_HasMeanZeroAndVarianceOne()
    {
        Xoshiro256 random = new(5);
        double[] numbers = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextNormal())];
        Assert.InRange(numbers.Average(), -0.02, 0.02);
        Assert.InRange(numbers.Average(number => number * number), 0.97, 1.03);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(4)]
    [InlineData(95)]
    public void NextPoisson_ManyTimes_HasItsMeanAndVariance(double mean)
    {
        Xoshiro256 random = new(11);
        double[] numbers = [.. Enumerable.Range(0, 50_000).Select(_ => (double)random.NextPoisson(mean))];
        double average = numbers.Average();
        Assert.InRange(average, mean * 0.97, mean * 1.03);
        Assert.InRange(numbers.Average(number => (number - average) * (number - average)), mean * 0.95, mean * 1.05);
    }

    [Fact]
    public void NextExponential_ManyTimes_HasItsMean()
    {
        Xoshiro256 random = new(13);
        Assert.InRange(Enumerable.Range(0, 100_000).Average(_ => random.NextExponential(11)), 10.8, 11.2);
    }
}
