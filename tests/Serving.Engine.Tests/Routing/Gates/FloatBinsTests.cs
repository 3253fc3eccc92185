using Serving.Engine.Routing.Gates;
using Xunit;

namespace Serving.Engine.Tests.Routing.Gates;

public sealed class FloatBinsTests
{
    private static readonly double[] s_values =
        [double.MinValue, -1e9, -2.5, -1e-30, -0.0, 0.0, 1e-30, 0.001, 0.5, 0.999, 1, 5000, 1e9, double.MaxValue];

    [Fact]
    public void BinOf_GreaterNumbers_HaveGreaterBins()
    {
        int[] bins = [.. s_values.Select(FloatBins.BinOf)];

        Assert.Equal(bins.Order(), bins);
        Assert.Equal(s_values.Length, bins.Distinct().Count());
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.73)]
    [InlineData(-12.5)]
    [InlineData(5000)]
    public void ValueOf_BinOfANumber_IsWithinOnePercent(double value)
    {
        double middle = FloatBins.ValueOf(FloatBins.BinOf(value));

        Assert.InRange(Math.Abs((middle - value) / value), 0, 0.008);
    }

    [Fact]
    public void Read_ManyNumbers_GivesQuantilesAndDifferences()
    {
        var bins = new FloatBins();
        for (int value = 1; value <= 1000; value++)
        {
            bins.Add(value);
        }

        BinCounts first = bins.Read();
        bins.Add(2000);
        BinCounts since = bins.Read().Since(first);

        Assert.Equal(1000, first.Total);
        Assert.InRange(first.Quantile(0.5), 495, 505);
        Assert.InRange(first.Quantile(0.99), 980, 1000);
        Assert.InRange(first.Above(900), 92, 100);
        Assert.Equal(1, since.Total);
        Assert.InRange(since.Quantile(0.5), 1985, 2015);
    }

    [Fact]
    public void Deciles_OfAnAtomAndOthers_KeepTheAtomTogether()
    {
        var own = new FloatBins();
        var other = new FloatBins();
        for (int value = 0; value < 1000; value++)
        {
            own.Add(value < 350 ? 0.5 : value);
            other.Add(value);
        }

        (long[] counts, long[] others) = own.Read().Deciles(other.Read());

        Assert.Equal(1000, counts.Sum());
        Assert.Equal(1000, others.Sum());
        Assert.Equal(350, counts[0]);
        Assert.True(counts.Length <= 10);
    }
}
