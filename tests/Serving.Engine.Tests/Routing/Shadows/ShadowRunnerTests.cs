using System.Collections.Immutable;
using System.Diagnostics;
using Serving.Data;
using Serving.Engine.Pipeline;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Shadows;
using Serving.Engine.Tests.Fakes;
using Serving.Engine.Tests.Ingest;
using Xunit;

namespace Serving.Engine.Tests.Routing.Shadows;

public sealed class ShadowRunnerTests : EngineTest
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Fact]
    public void Score_WithAShadow_ComparesInTheBackground()
    {
        Folder.Publish("m");
        Folder.Publish("m", text: BundleFolder.Model.Replace("bias 1.5", "bias -3", StringComparison.Ordinal));
        Engine.Poll();
        MakeShadow(Engine, "m", shadow: 2);
        for (int request = 0; request < 100; request++)
        {
            using ScoringContext context = Rent("m");
            Assert.Equal(1, context.Version);
            int row = context.Rows.AddRow();
            context.Rows.SetFloat(row, context.Schema.PlaceOf("amount"u8), request / 100.0);
            Assert.Null(InferenceEngine.Reroute(context));
            Assert.Equal(ErrorCode.None, Engine.Score(context));
        }

        ShadowComparison seen = Await(Engine, "m", 100);

        Assert.Equal((2, 100, 0), (seen.Version, seen.Compared, seen.Dropped));
        Assert.True(seen.DeltaMean < -1, $"{seen}");
        Assert.True(seen.Disagree > 90 && seen.DeltaP50 <= seen.DeltaP99 && seen.DeltaP99 <= seen.DeltaMax, $"{seen}");
    }

    // Another version may have a log that the stable one has not; an equal one must give equal scores.
    [Theory]
    [InlineData(SetEngine.ByCard)]
    [InlineData(SetEngine.ByAddress)]
    public void Score_ShadowWithWindows_ReadsWhatTheRequestRead(string shadow)
    {
        using var set = SetEngine.Of(SetEngine.ByCard, shadow);
        MakeShadow(set.Engine, "pay", shadow: 2);
        for (int request = 0; request < 20; request++)
        {
            Assert.Equal(ErrorCode.None, set.Engine.Rent("pay", 0, out ScoringContext? context));
            using (context)
            {
                SetEngine.Fill(context!, $"r{request}", set.Now + request, "7.00");
                Assert.Null(InferenceEngine.Reroute(context!));
                Assert.Equal(ErrorCode.None, set.Engine.Score(context!));
            }
        }

        ShadowComparison seen = Await(set.Engine, "pay", 20);
        Assert.Equal((20, 0), (seen.Compared, seen.Dropped));
        Assert.Equal(shadow == SetEngine.ByCard, seen.DeltaMax == 0);
    }

    // A request that only scores appends nothing, so it asks nothing of the log that the shadow alone has.
    [Fact]
    public void Score_OnlyScoring_TheShadowReadsTheLogThatItAloneHas()
    {
        using var set = SetEngine.Of(SetEngine.ByCard, SetEngine.ByAddress);
        for (int request = 0; request < 3; request++)
        {
            set.Score(2, $"r{request}", set.Now + request, "7.00").Dispose();
        }

        MakeShadow(set.Engine, "pay", shadow: 2);
        for (int request = 0; request < 20; request++)
        {
            Assert.Equal(ErrorCode.None, set.Engine.Rent("pay", 0, out ScoringContext? context));
            using (context)
            {
                context!.ScoreOnly = true;
                SetEngine.Fill(context, $"s{request}", set.Now + 1000 + request, "7.00");
                Assert.Null(InferenceEngine.Reroute(context));
                Assert.Equal(ErrorCode.None, set.Engine.Score(context));
            }
        }

        ShadowComparison seen = Await(set.Engine, "pay", 20);
        Assert.Equal((20, 0), (seen.Compared, seen.Dropped));
        Assert.Equal(ScoreOf(3, 3) - ScoreOf(3, 0), seen.DeltaMean, 1e-12);

        static double ScoreOf(int byCard, int byAddress) =>
            1 / (1 + Math.Exp(1.5 - (0.1 * byCard) - (0.2 * byAddress)));
    }

    [Theory]
    [InlineData(0.2, 0.7, new[] { 0.5 }, 1)]
    [InlineData(0.2, 0.4, new[] { 0.5 }, 0)]
    [InlineData(0.2, 0.5, new[] { 0.5 }, 1)]
    [InlineData(0.7, 0.95, new[] { 0.9, 0.6 }, 1)]
    [InlineData(0.2, 0.95, new[] { 0.9, 0.6 }, 1)]
    [InlineData(0.65, 0.85, new[] { 0.9, 0.6 }, 0)]
    public void Add_ScoresOnTwoSidesOfAThreshold_Disagree(
        double answered, double score, double[] thresholds, long disagree)
    {
        var counts = new ShadowCounts();
        counts.Add(answered, score, thresholds);
        Assert.Equal((1, disagree), (counts.Read(2).Compared, counts.Read(2).Disagree));
    }

    private static void MakeShadow(InferenceEngine engine, string model, long shadow)
    {
        var origin = new ActOrigin("tester", "");
        var stable = ImmutableSortedDictionary<string, int>.Empty.Add("1", TrafficSplit.Buckets);
        var shadows = ImmutableSortedDictionary<string, int>.Empty.Add($"{shadow}", TrafficSplit.Buckets);
        ActResult result = engine.Traffic.SetTraffic(model, new(stable, shadows, null), origin);
        Assert.True(result.Code == ErrorCode.None, result.Message);
    }

    private static ShadowComparison Await(InferenceEngine engine, string model, long rows)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            ShadowComparison seen = engine.Traffic.ShadowsOf(model).Single();
            if (seen.Compared + seen.Dropped >= rows)
            {
                return seen;
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, $"{seen}");
            Thread.Yield();
        }
    }
}
