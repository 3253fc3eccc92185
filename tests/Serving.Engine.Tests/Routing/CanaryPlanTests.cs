using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Routing;
using Serving.Engine.Tests.Fakes;
using Xunit;

namespace Serving.Engine.Tests.Routing;

/// <summary>Canary plans in simulated time, with the gates at their defaults.</summary>
public sealed class CanaryPlanTests
{
    private static readonly TimeSpan s_hold = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(2);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 5)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Run_EqualCopy_EndsAtAllTraffic(int seed) => Assert.Null(RunEqualCopy(seed));

    // A gate of statistics errs now and then, the more the more answers lie beyond the objective: at most one of a
    // hundred copies may go back. Of 8,000 plans drawn with 2 % or 17 % of answers beyond it 0.2 % went back, with 0.5
    // % 0.03 %.
    [Fact]
    [Trait("Category", "Nightly")]
    public void Run_HundredEqualCopies_EndAtAllTraffic()
    {
        string[] alarms = [.. Enumerable.Range(1, 100).AsParallel().Select(RunEqualCopy).OfType<string>()];

        TestContext.Current.SendDiagnosticMessage("false alarms of 100: {0}", string.Join("; ", alarms));
        Assert.True(alarms.Length <= 1, string.Join('\n', alarms));
    }

    [Theory]
    [InlineData("errors")]
    [InlineData("latency")]
    [InlineData("missing")]
    [InlineData("drift")]
    public void Run_VersionThatBreaksOneGate_GoesBackByIt(string gate)
    {
        using var world = new CanaryWorld(7, BundleFolder.Model, gate == "drift" ? Shifted : BundleFolder.Model)
        {
            EndOf = (version, random) => (
                gate == "errors" && version == 2 && random.Next(100) < 8 ? ErrorCode.Internal : ErrorCode.None,
                gate == "latency" && version == 2 && random.Next(100) < 20 ? 9000u : 900u),
            Lacks = version => gate == "missing" && version == 2,
        };
        world.Run(state => state.Canary == 0, s_longest);

        TrafficAct last = world.State.Last!;
        Assert.Equal(("rollback", "gate", gate), (last.Act, last.Actor, last.Gate?.Gate));
        Assert.Equal((2, 1), (last.From, last.To));
        Assert.Equal((1, TrafficSplit.Buckets), (world.State.Stable, world.State.ShareOf(1)));
        Assert.True(last.Gate!.Value > last.Gate.Limit);

        // Within its window: the canary has 1 % of 700 requests a second.
        Assert.InRange(world.Passed.TotalMinutes, 0, gate == "drift" ? 15 : 5);
    }

    // What stable does not know is compared with what the canary's bundle says of it: a feature that is there in one
    // row of a hundred less is as it was made, one that nobody sends is not.
    [Theory]
    [InlineData(true, "rollback", "missing", "age")]
    [InlineData(false, "promote", null, null)]
    public void Run_FeatureThatStableLacks_IsJudgedByTheBundlesBaseline(
        bool isLacking, string act, string? gate, string? feature)
    {
        TrafficOptions plan = new() { Steps = [1_000, TrafficSplit.Buckets], Hold = s_hold };
        using var world = new CanaryWorld(9, "bias 1.5\ndense amount 2\n", BundleFolder.Model, plan, UseBaseline)
        {
            Lacks = version => isLacking && version == 2,
        };
        world.Run(state => state.Canary == 0, s_longest);

        TrafficAct last = world.State.Last!;
        Assert.Equal((act, gate, feature), (last.Act, last.Gate?.Gate, last.Gate?.Subject));
        Assert.True(!isLacking || world.Passed.TotalMinutes < 5, $"{world.Passed}");
    }

    private static void UseBaseline(BundleDraft draft)
    {
        var rows = new RowBatch(draft.BaselineRows);
        var random = new Random(3);
        for (int row = 0; row < 1000; row++)
        {
            rows.AddRow();
            rows.SetFloat(row, rows.Schema.IndexOf("amount"), random.NextDouble() * 4);
            if (row % 100 != 0)
            {
                rows.SetFloat(row, rows.Schema.IndexOf("age"), random.NextDouble());
            }
        }

        using var source = new BatchRowSource(rows, [.. Enumerable.Range(0, rows.RowCount)], rows.RowCount);
        draft.UseBaseline(source);
    }

    [Fact]
    public void Run_VersionThatBreaksAsStable_GoesBackToThePrevious()
    {
        bool isBad = false;
        using var world = new CanaryWorld(8, BundleFolder.Model, BundleFolder.Model)
        {
            EndOf = (version, random) =>
                (isBad && version == 2 && random.Next(100) < 8 ? ErrorCode.Internal : ErrorCode.None, 900u),
        };
        world.Run(state => state.Stable == 2, s_longest);
        Assert.NotNull(world.State.Guard);
        isBad = true;
        world.Run(state => state.Stable == 1, TimeSpan.FromMinutes(6));

        Assert.Equal(("rollback", "gate", "errors"), Of(world.State.Last!));
        Assert.Equal((1, 2), (world.State.Stable, world.State.Previous));
    }

    private static (string, string, string?) Of(TrafficAct act) => (act.Act, act.Actor, act.Gate?.Gate);

    private static string Shifted => BundleFolder.Model.Replace("bias 1.5", "bias 3", StringComparison.Ordinal);

    // Null where the plan ended at all traffic; else what became of it.
    private static string? RunEqualCopy(int seed)
    {
        using var world = new CanaryWorld(seed, BundleFolder.Model, BundleFolder.Model);
        world.Run(state => state.Canary == 0, s_longest);
        TrafficAct last = world.State.Last!;
        return (world.State.Stable, last.Act, last.Actor) == (2, "promote", "plan")
            ? null
            : $"seed {seed}: {last.Act} by {last.Actor}, {last.Gate} after {world.Passed}";
    }
}
