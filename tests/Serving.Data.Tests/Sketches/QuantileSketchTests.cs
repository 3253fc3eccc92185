using Serving.Data.Sketches;
using Xunit;

namespace Serving.Data.Tests.Sketches;

public sealed class QuantileSketchTests
{
    private const int K = 256;

    // Ten times as often as by chance would an error beyond the bound be seen in 40 sketches x 3 orders.
    private const double Slack = 1.5;

    [Fact]
    public void Add_FewValues_IsExact()
    {
        var sketch = new QuantileSketch(K);
        foreach (double value in (double[])[3, 1, 2, 2, -0.0, 0])
        {
            sketch.Add(value);
        }

        (double[] values, long[] counts) = sketch.ToDistribution();

        Assert.True(sketch.IsExact);
        Assert.Equal([0, 1, 2, 3], values);
        Assert.Equal([2L, 1L, 2L, 1L], counts);
        Assert.Equal(3, sketch.RankOf(2));
        Assert.Equal((6L, 0.0, 3.0), (sketch.Count, sketch.Min, sketch.Max));
    }

    [Theory]
    [InlineData("ascending")]
    [InlineData("descending")]
    [InlineData("shuffled")]
    public void Add_ManyValues_EveryRankIsWithinTheBound(string order)
    {
        for (ulong seed = 0; seed < 40; seed++)
        {
            double[] values = Values(20_000, (int)seed, order);
            var sketch = new QuantileSketch(K, seed);
            Array.ForEach(values, sketch.Add);

            CheckRanks(sketch, values);
        }
    }

    [Fact]
    public void Merge_PartsOfTheRows_IsWithinTheBoundOfOneSketch()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            double[] values = Values(30_000, (int)seed, "shuffled");
            var merged = new QuantileSketch(K, seed);
            foreach (double[] part in values.Chunk(1_700))
            {
                var sketch = new QuantileSketch(K, seed + (ulong)part.Length);
                Array.ForEach(part, sketch.Add);
                merged.Merge(sketch);
            }

            CheckRanks(merged, values);
            Assert.Equal((values.Min(), values.Max()), (merged.Min, merged.Max));
        }
    }

    [Fact]
    public void Merge_ExactSketches_EqualsOneOverAllRows()
    {
        double[] values = Values(200, 1, "shuffled");
        var all = new QuantileSketch(K);
        var merged = new QuantileSketch(K);
        Array.ForEach(values, all.Add);
        foreach (double[] part in values.Chunk(60))
        {
            var sketch = new QuantileSketch(K);
            Array.ForEach(part, sketch.Add);
            merged.Merge(sketch);
        }

        Assert.Equal(all.ToDistribution().Values, merged.ToDistribution().Values);
        Assert.Equal(all.ToDistribution().Counts, merged.ToDistribution().Counts);
    }

    [Fact]
    public void Add_ValueManyTimes_WeighsAsMany()
    {
        double[] values = Values(5_000, 3, "shuffled");
        var sketch = new QuantileSketch(K, 5);
        sketch.Add(-1, 1_000_003);
        Array.ForEach(values, sketch.Add);

        (double[] held, long[] counts) = sketch.ToDistribution();

        Assert.Equal(1_005_003, sketch.Count);
        Assert.Equal(sketch.Count, counts.Sum());
        Assert.Equal(-1, held[0]);
        Assert.InRange(counts[0], 1_000_003 - (0.02 * sketch.Count), 1_000_003 + (0.02 * sketch.Count));
        Assert.InRange(sketch.HeldCount, 1, 4 * K);
    }

    [Fact]
    public void Sketch_SameRowsAndSeed_HasTheSameBytes()
    {
        byte[] Of(ulong seed)
        {
            var sketch = new QuantileSketch(K, seed);
            Array.ForEach(Values(9_000, 4, "shuffled"), sketch.Add);
            return QuantileSketchBytes.Write(sketch);
        }

        Assert.Equal(Of(11), Of(11));
        Assert.NotEqual(Of(11), Of(12));
    }

    [Fact]
    public void RankErrorOf_K4096_IsThePublishedOne() =>
        Assert.Equal(0.0013, QuantileSketch.RankErrorOf(QuantileSketch.DefaultK), 4);

    [Fact]
    public void Add_NotANumber_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantileSketch(K).Add(double.NaN));

    private static void CheckRanks(QuantileSketch sketch, double[] values)
    {
        double[] sorted = [.. values.Order()];
        (double[] held, long[] counts) = sketch.ToDistribution();
        Assert.Equal(values.Length, sketch.Count);
        Assert.Equal(values.Length, counts.Sum());
        Assert.Equal((sorted[0], sorted[^1]), (held[0], held[^1]));
        Assert.InRange(sketch.HeldCount, 1, 4 * K);
        double error = sketch.RankError * Slack * values.Length;
        for (int rank = 0; rank < sorted.Length; rank += 500)
        {
            Assert.InRange(sketch.RankOf(sorted[rank]), rank - error, rank + error);
        }
    }

    // Distinct values, so that every rank is one number.
    private static double[] Values(int count, int seed, string order)
    {
        double[] values = [.. Enumerable.Range(0, count).Select(index => Math.Exp(index / 1000.0))];
        if (order == "descending")
        {
            Array.Reverse(values);
        }
        else if (order == "shuffled")
        {
            new Random(seed).Shuffle(values);
        }

        return values;
    }
}
