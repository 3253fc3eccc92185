using System.Collections.Immutable;
using Serving.Engine.Drift;
using Serving.Engine.Routing.Gates;
using Xunit;

namespace Serving.Engine.Tests.Routing.Gates;

public sealed class GateJudgeTests
{
    [Theory]
    [InlineData("nothing differs", 10, 5000, 100, 50_000, GateState.Ok)]
    [InlineData("too few samples", 500, 999, 0, 50_000, GateState.Waiting)]
    [InlineData("no baseline", 500, 5000, 0, 0, GateState.Waiting)]
    [InlineData("below the increase, though sure", 220, 50_000, 0, 500_000, GateState.Ok)]
    [InlineData("above the increase, though by chance", 6, 1000, 0, 1000, GateState.Ok)]
    [InlineData("above both", 100, 5000, 100, 50_000, GateState.Broken)]
    [InlineData("all fail on both sides", 5000, 5000, 50_000, 50_000, GateState.Ok)]
    public void Judge_Errors_ByIncreaseAndStandardErrors(
        string name, long canaryErrors, long canary, long baselineErrors, long baseline, GateState expected)
    {
        GateReading reading = Judge(
            new GateOptions { Latency = null, Drift = null, Missing = null },
            Counts(canary, canaryErrors),
            Counts(baseline, baselineErrors)).Single();

        Assert.True(reading.State == expected, $"{name}: {reading}");
        Assert.Equal(canary, reading.Samples);
        Assert.Equal(1000, reading.Needed);
    }

    [Fact]
    public void Judge_MissingValues_NamesTheWorstFeatureThatBothHave()
    {
        GateReading reading = Judge(
            new GateOptions { Errors = null, Latency = null, Drift = null },
            Counts(5000) with { Missing = [100, 2000, 5000] },
            Counts(50_000) with { Missing = [1000, 1000, 0] },
            ["a", "b", "new"],
            ["a", "b", "old"]).Single();

        Assert.Equal((GateState.Broken, "b"), (reading.State, reading.Subject));
        Assert.Equal(0.38, reading.Value, 3);
    }

    [Theory]
    [InlineData(20, GateState.Broken, "new")]
    [InlineData(1000, GateState.Ok, "a")]
    public void Judge_FeatureThatTheBaselineLacks_IsComparedWithTheBundle(
        long missingOfThousand, GateState expected, string worst)
    {
        var column = new BaselineColumn("new", false, [], [], [1000 - missingOfThousand], 0, missingOfThousand);
        GateReading reading = Judge(
            new GateOptions { Errors = null, Latency = null, Drift = null },
            Counts(5000) with { Missing = [100, 5000] },
            Counts(50_000) with { Missing = [1000] },
            ["a", "new"],
            ["a"],
            new DriftBaseline(1000, [column])).Single();

        Assert.Equal((expected, worst), (reading.State, reading.Subject));
    }

    [Fact]
    public void Judge_Latency_CountsWhatIsSlowerThanTheObjective()
    {
        GateReading reading = Judge(
            new GateOptions { Errors = null, Drift = null, Missing = null },
            Counts(5000) with { Micros = Bins((1000, 4000), (9000, 1000)) },
            Counts(50_000) with { Micros = Bins((1000, 49_500), (9000, 500)) }).Single();

        Assert.Equal(GateState.Broken, reading.State);
        Assert.Equal(0.19, reading.Value, 3);
    }

    [Theory]
    [InlineData(0.0, GateState.Ok)]
    [InlineData(0.2, GateState.Broken)]
    public void Judge_Drift_ComparesScores(double shift, GateState expected)
    {
        (double, int)[] scores = [.. Enumerable.Range(1, 100).Select(part => (part / 200.0, 100))];
        GateReading reading = Judge(
            new GateOptions { Errors = null, Latency = null, Missing = null },
            Counts(10_000) with { Scores = Bins([.. scores.Select(score => (score.Item1 + shift, score.Item2))]) },
            Counts(10_000) with { Scores = Bins(scores) }).Single();

        Assert.Equal(expected, reading.State);
    }

    [Fact]
    public void Judge_GatesThatAreOff_AreNotLookedAt() => Assert.Empty(Judge(
        new GateOptions { Errors = null, Latency = null, Drift = null, Missing = null }, Counts(1), Counts(1)));

    [Fact]
    public void Judge_WindowWithTooFewSamples_LooksAtAllSincePublication()
    {
        var judge = new GateJudge(new GateOptions { Latency = null, Drift = null, Missing = null })
        {
            Canary = _ => Counts(300, 0),
            Baseline = _ => Counts(30_000, 0),
            CanarySinceMark = () => Counts(2000, 200),
            BaselineSinceMark = () => Counts(200_000, 0),
            CanaryFeatures = [],
            BaselineFeatures = [],
        };

        Assert.Equal((GateState.Broken, 2000L), (judge.Judge()[0].State, judge.Judge()[0].Samples));
    }

    private static ImmutableArray<GateReading> Judge(
        GateOptions options, CounterReading canary, CounterReading baseline,
        ImmutableArray<string> canaryFeatures = default, ImmutableArray<string> baselineFeatures = default,
        DriftBaseline? bundle = null) =>
        new GateJudge(options)
        {
            Canary = _ => canary,
            Baseline = _ => baseline,
            CanaryFeatures = canaryFeatures.IsDefault ? [] : canaryFeatures,
            BaselineFeatures = baselineFeatures.IsDefault ? [] : baselineFeatures,
            CanaryBundle = bundle,
        }.Judge();

    private static CounterReading Counts(long requests, long errors = 0) =>
        new(requests, errors, 0, requests, BinCounts.Empty, BinCounts.Empty, []);

    private static BinCounts Bins(params (double Value, int Count)[] values)
    {
        var bins = new FloatBins();
        foreach ((double value, int count) in values)
        {
            for (int index = 0; index < count; index++)
            {
                bins.Add(value);
            }
        }

        return bins.Read();
    }
}
