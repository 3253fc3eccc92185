using System.Text;
using Serving.Data;
using Serving.Models.Tests.Golden;

namespace Serving.Models.Tests.Trees.Kernels;

/// <summary>The threaded forest gives the bits of the plain walk.</summary>
public sealed class ThreadedForestScorerTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(2, 3, 2, 2, 1)]
    [InlineData(3, 7, 5, 31, 1)]
    [InlineData(4, 40, 100, 16, 1)]
    [InlineData(5, 17, 30, 64, 3)]
    [InlineData(6, 200, 60, 255, 1)]
    public void Score_LightGbmEdges_EqualsReference(int seed, int features, int trees, int leavesMax, int classes)
    {
        RandomForests random = new(seed);
        ScoringModel model = Load(random.LightGbm(features, trees, leavesMax, classes));
        AssertEnginesAgree(model, random.EdgeRows(2000, features));
    }

    [Theory]
    [InlineData(11, 1, 1, 0)]
    [InlineData(12, 3, 9, 2)]
    [InlineData(13, 40, 100, 6)]
    [InlineData(14, 33, 20, 9)]
    public void Score_XGBoostEdges_EqualsReference(int seed, int features, int trees, int depthMax)
    {
        RandomForests random = new(seed);
        ScoringModel model = Load(random.XGBoost(features, trees, depthMax));
        AssertEnginesAgree(model, random.EdgeRows(2000, features));
    }

    [Fact]
    public void Score_FastSums_AreNearExactOnes()
    {
        RandomForests random = new(21);
        ScoringModel model = Load(random.LightGbm(20, 203, 31, 1));
        FeatureBatch batch = ScoredRows.BatchOf(random.EdgeRows(500, 20), 20);
        double[] exact = ScoredRows.Score(model, batch, ScorerEngine.Threaded);
        double[] fast = new double[exact.Length];
        model.CreateScorer(new ScorerOptions(SumMode.Fast)).Score(batch, fast);
        for (int row = 0; row < exact.Length; row++)
        {
            Assert.InRange(fast[row], exact[row] - 2e-13, exact[row] + 2e-13);
        }
    }

    [Fact]
    public void Score_WarmScorers_AllocateNothing()
    {
        RandomForests random = new(31);
        foreach (string text in (string[])[random.LightGbm(30, 50, 31, 1), random.XGBoost(30, 50, 6)])
        {
            ScoringModel model = Load(text);
            FeatureBatch batch = ScoredRows.BatchOf(random.EdgeRows(16, 30), 30);
            double[] raw = new double[batch.RowCount];
            foreach (ScorerEngine engine in model.RunnableEngines)
            {
                IScorer scorer = model.CreateScorer(new ScorerOptions(Engine: engine));
                scorer.Score(batch, raw);

                // The first call of a link makes the tables of the elementary functions.
                model.Link.Apply(raw, 1, new double[raw.Length]);
                long before = GC.GetAllocatedBytesForCurrentThread();
                scorer.Score(batch, raw);
                model.Link.Apply(raw, 1, raw);
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            }
        }
    }

    [Fact]
    public void CreateScorer_EngineNotBuilt_NamesThoseThatCan()
    {
        ScoringModel model = Load(new RandomForests(41).LightGbm(3, 2, 4, 1));
        NotSupportedException refused = Assert.Throws<NotSupportedException>(
            () => model.CreateScorer(new ScorerOptions(Engine: ScorerEngine.LaneQs)));
        Assert.Contains("reference, threaded", refused.Message, StringComparison.Ordinal);
    }

    private static ScoringModel Load(string text) => ModelFile.Load(Encoding.UTF8.GetBytes(text));

    private static void AssertEnginesAgree(ScoringModel model, double[][] rows)
    {
        Assert.Contains(ScorerEngine.Threaded, model.RunnableEngines);
        FeatureBatch batch = ScoredRows.BatchOf(rows, model.Inputs.Length);
        double[] reference = ScoredRows.Score(model, batch, ScorerEngine.Reference);
        double[] threaded = ScoredRows.Score(model, batch, ScorerEngine.Threaded);
        Assert.Equal(
            reference.Select(BitConverter.DoubleToInt64Bits), threaded.Select(BitConverter.DoubleToInt64Bits));
    }
}
