using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Acts;
using Serving.Engine.Routing.Gates;
using Xunit;

namespace Serving.Engine.Tests.Routing.Acts;

public sealed class TrafficActsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ModelFacts s_facts = new(
        [1, 2, 3], [1, 2, 3, 4], (version, field) => field == "card" || version == 1, s_now, TimeSpan.FromMinutes(10));

    private static readonly TrafficState s_stable = new()
    {
        Model = "m",
        Stable = 1,
        Split = TrafficState.NoShares.Add(1, TrafficSplit.Buckets),
    };

    [Fact]
    public void Publish_Canary_TakesItsFirstStepFromStable()
    {
        TrafficState state = Done(Publish(s_stable, 2, PublicationKind.Canary));

        Assert.Equal((2, 100, 9900), (state.Canary, state.ShareOf(2), state.ShareOf(1)));
        Assert.False(state.Plan!.IsHeld);
    }

    [Fact]
    public void Publish_CanaryWithAShare_HoldsIt()
    {
        TrafficState state = Done(Publish(s_stable, 2, PublicationKind.Canary, 500));

        Assert.Equal((500, true), (state.ShareOf(2), state.Plan!.IsHeld));
    }

    [Fact]
    public void Publish_VersionThatIsNotReady_WaitsForIt()
    {
        TrafficState state = Done(Publish(s_stable, 4, PublicationKind.Canary));

        Assert.Equal((0, 4), (state.Canary, state.Pending!.Version));
        Assert.True(state.IsInUse(4));
    }

    [Fact]
    public void Publish_WithoutAStableVersion_IsStable()
    {
        TrafficState state = Done(Publish(new TrafficState { Model = "m" }, 2, PublicationKind.Canary));

        Assert.Equal((2, 0, TrafficSplit.Buckets), (state.Stable, state.Canary, state.ShareOf(2)));
    }

    [Fact]
    public void Publish_Shadow_LeavesTheSplit()
    {
        TrafficState state = Done(Publish(s_stable, 2, PublicationKind.Shadow, 1000));

        Assert.Equal((1000, TrafficSplit.Buckets), (state.Shadow[2], state.ShareOf(1)));
    }

    [Fact]
    public void Publish_AnotherCanary_TakesThePlaceOfTheFirst()
    {
        TrafficState first = Done(Publish(s_stable, 2, PublicationKind.Canary));
        TrafficState state = Done(Publish(first, 3, PublicationKind.Canary));

        Assert.Equal((3, 0, 100), (state.Canary, state.ShareOf(2), state.ShareOf(3)));
        Assert.Contains(2, state.Dropped);
    }

    [Fact]
    public void Step_ToTheLast_PromotesAndPutsOnTrial()
    {
        TrafficState state = Done(Publish(s_stable, 2, PublicationKind.Canary));
        foreach (int share in new[] { 1_000, 5_000 })
        {
            state = TrafficActs.Step(state, s_facts);
            Assert.Equal((share, TrafficSplit.Buckets - share), (state.ShareOf(2), state.ShareOf(1)));
        }

        state = TrafficActs.Step(state, s_facts);
        Assert.Equal((2, 1, 0), (state.Stable, state.Previous, state.Canary));
        Assert.Equal((2, 1), (state.Guard!.Version, state.Guard.Against));
        Assert.True(state.IsInUse(1));
        state = TrafficActs.Expire(state);
        Assert.False(state.IsInUse(1));
        Assert.Contains(1, state.Dropped);
    }

    [Fact]
    public void Rollback_RunningCanary_GoesToNothing()
    {
        TrafficState state = Done(TrafficActs.Rollback(
            Done(Publish(s_stable, 2, PublicationKind.Canary)), 0, s_facts));

        Assert.Equal((0, 1, TrafficSplit.Buckets), (state.Canary, state.Stable, state.ShareOf(1)));
        Assert.False(state.Split.ContainsKey(2));
        Assert.Contains(2, state.Dropped);
    }

    [Fact]
    public void Rollback_WithoutACanary_ChangesPlacesWithThePrevious()
    {
        TrafficState promoted = Done(TrafficActs.Promote(s_stable, 2, s_facts));
        TrafficState state = Done(TrafficActs.Rollback(promoted, 0, s_facts));

        Assert.Equal((1, 2, TrafficSplit.Buckets), (state.Stable, state.Previous, state.ShareOf(1)));
    }

    [Theory]
    [InlineData("rollback", ErrorCode.FailedPrecondition)]
    [InlineData("promote", ErrorCode.FailedPrecondition)]
    [InlineData("promote 4", ErrorCode.FailedPrecondition)]
    [InlineData("promote 1", ErrorCode.FailedPrecondition)]
    [InlineData("unload 1", ErrorCode.FailedPrecondition)]
    [InlineData("unload 9", ErrorCode.NotFound)]
    [InlineData("load 9", ErrorCode.NotFound)]
    public void Acts_WhatTheStateDoesNotAllow_IsRefused(string act, ErrorCode expected)
    {
        string[] words = act.Split(' ');
        long version = words.Length > 1 ? words[1][0] - '0' : 0;
        ActOutcome outcome = words[0] switch
        {
            "rollback" => TrafficActs.Rollback(s_stable, version, s_facts),
            "promote" => TrafficActs.Promote(s_stable, version, s_facts),
            "unload" => LoadActs.Unload(s_stable, version, s_facts),
            _ => LoadActs.Load(s_stable, version, s_facts),
        };

        Assert.Null(outcome.State);
        Assert.Equal(expected, outcome.Code);
        Assert.NotEmpty(outcome.Message);
    }

    [Theory]
    [InlineData("1=9500,2=500", "", null)]
    [InlineData("stable=9500,2=500", "", null)]
    [InlineData("1=9500,2=400", "", ErrorCode.InvalidArgument)]
    [InlineData("1=9500,stable=500", "", ErrorCode.InvalidArgument)]
    [InlineData("1=9500,canary=500", "", ErrorCode.InvalidArgument)]
    [InlineData("1=9500,4=500", "", ErrorCode.FailedPrecondition)]
    [InlineData("1=9500,9=500", "", ErrorCode.FailedPrecondition)]
    [InlineData("1=9500,2=500", "card", null)]
    [InlineData("1=9500,2=500", "owner", ErrorCode.FailedPrecondition)]
    public void Split_SharesByHand_AreCheckedAndTaken(string split, string by, ErrorCode? expected)
    {
        var shares = split.Split(',').Select(part => part.Split('='))
            .ToImmutableSortedDictionary(part => part[0], part => int.Parse(part[1]));
        ActOutcome outcome = SplitAct.Apply(s_stable, new TrafficRequest(shares, null, by), s_facts);

        Assert.Equal(expected ?? ErrorCode.None, outcome.Code);
        Assert.True(expected is not null || outcome.State!.ShareOf(2) == 500);
        Assert.True(expected is not null || outcome.State!.By == (by.Length > 0 ? by : null));
    }

    [Fact]
    public void Split_AllToOneVersion_MakesItStable()
    {
        var shares = ImmutableSortedDictionary<string, int>.Empty.Add("2", TrafficSplit.Buckets);
        TrafficState state = Done(SplitAct.Apply(s_stable, new TrafficRequest(shares, null, null), s_facts));

        Assert.Equal((2, 1), (state.Stable, state.Previous));
    }

    [Theory]
    [InlineData(PublicationKind.Canary, ErrorCode.FailedPrecondition)]
    [InlineData(PublicationKind.Shadow, ErrorCode.FailedPrecondition)]
    [InlineData(PublicationKind.Stable, ErrorCode.None)]
    public void Publish_VersionOfTheOtherKind_HasAllTrafficOrNone(PublicationKind kind, ErrorCode code)
    {
        ActOutcome outcome = Publish(s_stable, 2, kind, facts: s_facts with { IsRaw = version => version == 2 });

        Assert.Equal(code, outcome.Code);
        Assert.Equal(
            code != ErrorCode.None,
            outcome.Message.Contains("version 2 is served raw and version 1 is scored by rows"));
    }

    [Theory]
    [InlineData("1=9500,2=500", false)]
    [InlineData("1=9500,3=500", true)]
    [InlineData("2=10000", true)]
    public void Split_OverBothKinds_IsRefused(string split, bool isTaken)
    {
        var shares = split.Split(',').Select(part => part.Split('='))
            .ToImmutableSortedDictionary(part => part[0], part => int.Parse(part[1]));
        ActOutcome outcome = SplitAct.Apply(
            s_stable, new TrafficRequest(shares, null, null), s_facts with { IsRaw = version => version == 2 });

        Assert.Equal(isTaken ? ErrorCode.None : ErrorCode.FailedPrecondition, outcome.Code);
    }

    private static ActOutcome Publish(
        TrafficState state, long version, PublicationKind kind, int? share = null, ModelFacts? facts = null) =>
        PublishAct.Apply(
            state,
            new Publication(
                version, kind, share, [100, 1_000, 5_000, 10_000], TimeSpan.FromMinutes(10), new GateOptions()),
            facts ?? s_facts);

    private static TrafficState Done(ActOutcome outcome)
    {
        Assert.True(outcome.State is not null, outcome.Message);
        return outcome.State;
    }
}
