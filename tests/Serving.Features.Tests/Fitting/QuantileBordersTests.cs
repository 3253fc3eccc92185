using System.Collections.Immutable;
using System.Numerics;
using Serving.Features.Fitting;
using Xunit;

namespace Serving.Features.Tests.Fitting;

public sealed class QuantileBordersTests
{
    [Fact]
    public void Fit_DrawnDistributions_EqualsTheWrittenAlgorithm()
    {
        var random = new Random(1);
        int withBorders = 0;
        for (int round = 0; round < 3000; round++)
        {
            NumberDistribution drawn = Distributions.Draw(random, 40, 12);
            int size = random.Next(2, 50);
            int least = random.Next(1, 8);
            ImmutableArray<double> expected = Transcription(drawn, size, least);
            Assert.Equal(expected, QuantileBorders.Fit(drawn, size, least));
            withBorders += expected.IsEmpty ? 0 : 1;
        }

        Assert.InRange(withBorders, 1000, 2999);
    }

    [Fact]
    public void Fit_CountsNearTheirLimit_DoesNotOverflow()
    {
        long much = long.MaxValue / 4;
        var distribution = new NumberDistribution(
            [1, 2, 3], [new(much, 0, 0), new(much, 0, 0), new(much, 0, 0)], default);
        Assert.Equal([3], QuantileBorders.Fit(distribution, 2, 3));
    }

    // Line by line as training.md 5.1 writes it; the mean is a fraction.
    private static ImmutableArray<double> Transcription(NumberDistribution distribution, int n, int least)
    {
        double[] u = distribution.Values.ToArray();
        BigInteger[] c = [.. distribution.Counts.ToArray().Select(count => (BigInteger)count.Rows)];
        int m = u.Length;
        BigInteger total = c.Aggregate(BigInteger.Zero, (sum, next) => sum + next);
        var result = new List<double>();
        if (m == 0)
        {
            return [];
        }

        BigInteger acc = c[0];
        if (m <= n)
        {
            for (int i = 1; i < m; i++)
            {
                BigInteger rowsFrom = c[i..].Aggregate(BigInteger.Zero, (sum, next) => sum + next);
                if (acc >= least && rowsFrom >= least)
                {
                    result.Add(u[i]);
                    acc = 0;
                }

                acc += c[i];
            }

            return [.. result];
        }

        bool[] big = [.. c.Select(count => count * n >= total)];
        BigInteger numerator = total - c.Where((_, i) => big[i]).Aggregate(BigInteger.Zero, (sum, next) => sum + next);
        BigInteger denominator = Math.Max(1, n - big.Count(one => one));
        for (int i = 1; i < m; i++)
        {
            bool reachesMean = acc * denominator >= numerator;
            bool reachesHalf = acc >= least && 2 * acc * denominator >= numerator;
            if (big[i - 1] || reachesMean || (big[i] && reachesHalf))
            {
                result.Add(u[i]);
                acc = 0;
            }

            acc += c[i];
        }

        return [.. result];
    }
}
