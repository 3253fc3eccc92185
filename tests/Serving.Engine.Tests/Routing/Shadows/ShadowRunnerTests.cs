using System.Collections.Immutable;
using System.Diagnostics;
using Serving.Data;
using Serving.Engine.Pipeline;
using Serving.Engine.Routing;
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
