using Serving.Data;

namespace Serving.Engine.Routing.Acts;

/// <summary>What people and gates may do to a model's traffic. Pure: from a state to another, or a refusal.</summary>
internal static class TrafficActs
{
    /// <summary>Makes the canary, or the named version, stable with all traffic.</summary>
    public static ActOutcome Promote(TrafficState state, long version, ModelFacts facts)
    {
        long promoted = version != 0 ? version : state.Canary;
        return promoted == 0 ? ActOutcome.Refused(ErrorCode.FailedPrecondition, "there is no canary to promote")
            : !facts.IsReady(promoted) ? ActOutcome.NotReady(promoted)
            : promoted == state.Stable && state.ShareOf(promoted) == TrafficSplit.Buckets
                ? ActOutcome.Refused(ErrorCode.FailedPrecondition, $"version {promoted} is stable already")
            : ActOutcome.Done(MakeStable(state, promoted, facts, state.Plan?.Gates));
    }

    /// <summary>
    /// Takes a running canary's share away; without one the stable version and the one before change places.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="to">The version to go back to, or 0.</param>
    /// <param name="facts">What is Ready.</param>
    public static ActOutcome Rollback(TrafficState state, long to, ModelFacts facts)
    {
        if (to == 0 && state.Canary != 0)
        {
            return ActOutcome.Done(TakeBack(state));
        }

        long back = to != 0 ? to : state.Previous;
        return back == 0
            ? ActOutcome.Refused(ErrorCode.FailedPrecondition, "there is no previous version to go back to")
            : !facts.IsReady(back) ? ActOutcome.NotReady(back)
            : back == state.Stable && state.ShareOf(back) == TrafficSplit.Buckets
                ? ActOutcome.Refused(ErrorCode.FailedPrecondition, $"version {back} is stable already")
            : ActOutcome.Done(GoBack(state, back, facts));
    }

    /// <summary>The canary's next step; at its last it is stable.</summary>
    public static TrafficState Step(TrafficState state, ModelFacts facts)
    {
        CanaryPlan plan = state.Plan! with { Step = state.Plan!.Step + 1, Since = facts.Now };
        return plan.Share == TrafficSplit.Buckets
            ? MakeStable(state, plan.Version, facts, plan.Gates)
            : state with { Plan = plan, Split = PublishAct.Shares(state, plan.Version, plan.Share) };
    }

    /// <summary>The canary without its share.</summary>
    public static TrafficState TakeBack(TrafficState state) => Drop(state, state with
    {
        Canary = 0,
        Plan = null,
        Pending = state.Pending?.Version == state.Canary ? null : state.Pending,
        Split = PublishAct.Shares(state, state.Canary, 0),
    });

    /// <summary>The stable version gives its place to an older one, and is the previous version itself.</summary>
    public static TrafficState GoBack(TrafficState state, long back, ModelFacts facts) => Drop(state, state with
    {
        Stable = back,
        Canary = 0,
        Plan = null,
        Guard = null,
        Previous = state.Stable,
        PreviousUntil = facts.Now + facts.KeepPrevious,
        Split = TrafficState.NoShares.Add(back, TrafficSplit.Buckets),
    });

    /// <summary>A version becomes stable with all traffic, on trial where gates are given.</summary>
    public static TrafficState MakeStable(
        TrafficState state, long version, ModelFacts facts, Gates.GateOptions? gates)
    {
        long before = state.Stable == version ? state.Previous : state.Stable;
        DateTimeOffset until = facts.Now + facts.KeepPrevious;
        return Drop(state, state with
        {
            Stable = version,
            Canary = 0,
            Plan = null,
            Pending = state.Pending?.Version == version ? null : state.Pending,
            Previous = before,
            PreviousUntil = until,
            Guard = gates is null || before == 0
                ? null
                : new TrafficGuard(version, before, facts.Now, until, gates),
            Shadow = state.Shadow.Remove(version),
            Split = TrafficState.NoShares.Add(version, TrafficSplit.Buckets),
        });
    }

    /// <summary>The previous version's time is over: it is no longer kept Ready.</summary>
    public static TrafficState Expire(TrafficState state) => Drop(state, state with { Previous = 0, Guard = null });

    /// <summary>
    /// Notes which versions lost all that they had, and which have something again.
    /// </summary>
    public static TrafficState Drop(TrafficState before, TrafficState after)
    {
        long[] had = [before.Stable, before.Canary, before.Previous, .. before.Split.Keys, .. before.Shadow.Keys];
        long[] lost = [.. had.Where(version => version != 0 && !after.IsInUse(version))];
        return after with
        {
            Dropped = after.Dropped.Union(lost).Except(after.Dropped.Where(after.IsInUse)),
            Loaded = after.Loaded.Except(lost),
        };
    }
}
