using Serving.Features.Fitting;
using Xunit;

namespace Serving.Features.Tests.Fitting;

public sealed class WeightedMomentsTests
{
    [Fact]
    public void Moments_OneToFour_AreExact()
    {
        var moments = new WeightedMoments();
        for (int value = 1; value <= 4; value++)
        {
            moments.Add(value);
        }

        Assert.Equal((2.5, 1.25, 1.0, 4.0), (moments.Mean(), moments.Variance(), moments.Min, moments.Max));
    }

    [Fact]
    public void Moments_Nothing_AreZero()
    {
        var moments = new WeightedMoments();
        Assert.Equal((0.0, 0.0, 0L), (moments.Mean(), moments.Variance(), moments.Count));
    }

    [Fact]
    public void Moments_AnyOrderWeightsAndMerges_EqualThoseOfNumerics()
    {
        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            double[] values = [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => Draw(random))];
            var expected = new Data.Numerics.ExactMoments();
            WeightedMoments[] parts = [new(), new()];
            foreach (double value in values)
            {
                int times = random.Next(1, 4);
                for (int time = 0; time < times; time++)
                {
                    expected.Add(value);
                }

                parts[random.Next(2)].Add(value, times);
            }

            parts[0].Merge(parts[1]);
            Assert.Equal(expected.Mean(), parts[0].Mean());
            Assert.Equal(expected.Variance(), parts[0].Variance());
            Assert.Equal(values.Min(), parts[0].Min);
        }
    }

    [Fact]
    public void Moments_GreatestNumbers_Saturate()
    {
        var moments = new WeightedMoments();
        moments.Add(double.MaxValue, long.MaxValue / 2);
        moments.Add(-double.MaxValue, long.MaxValue / 2);
        Assert.Equal((0.0, double.MaxValue), (moments.Mean(), moments.Variance()));
    }

    private static double Draw(Random random)
    {
        double value = BitConverter.Int64BitsToDouble(random.NextInt64());
        return random.Next(3) switch
        {
            0 => random.Next(-100, 100) / 7.0,
            1 => double.IsFinite(value) ? value : 0,
            _ => BitConverter.Int64BitsToDouble(random.NextInt64(1L << 40)),
        } * (random.Next(2) == 0 ? 1 : -1);
    }
}
