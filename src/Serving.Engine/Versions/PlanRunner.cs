using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Acts;
using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Versions;

/// <summary>
/// What happens to a model's traffic by itself: a publication whose version is Ready takes place, a canary's share
/// grows, what breaks a gate goes back, a previous version's time ends. Used by the control thread alone.
/// </summary>
internal sealed class PlanRunner(TrafficDesk desk, TimeProvider time)
{
    private const string Gate = "gate";
    private const string Plan = "plan";

    private readonly Dictionary<string, GateWatch> _watches = new(StringComparer.Ordinal);

    /// <summary>What the gates of a model read last; those of a plan that has just begun wait.</summary>
    public ImmutableArray<GateReading> ReadingsOf(string model)
    {
        ImmutableArray<GateReading> readings =
            _watches.TryGetValue(model, out GateWatch? watch) ? watch.Readings : [];
        return readings.IsEmpty && desk.Decided(model)?.Plan is { } plan ? GateJudge.Unread(plan.Gates) : readings;
    }

    /// <summary>Keeps the windows of the stable version before another takes its place.</summary>
    public void Freeze(TrafficState before, TrafficState after, ImmutableArray<VersionHarness> versions)
    {
        if (after.Guard is { } guard && after.Stable != before.Stable)
        {
            WatchOf(before.Model).Freeze(ServedOf(versions, before.Stable), guard.Gates, time.GetUtcNow());
        }
    }

    /// <summary>Looks at one model. Whether its table changed.</summary>
    public bool Look(string model, ImmutableArray<VersionHarness> versions)
    {
        GateWatch watch = WatchOf(model);
        ModelFacts facts = desk.FactsOf(versions);
        TrafficState? state = desk.Decided(model);
        GateOptions gates = state?.Plan?.Gates ?? state?.Guard?.Gates ?? desk.OptionsOf(model).Gates;
        NoteJudged(state, versions);
        watch.Look([.. versions.Select(version => version.Served).OfType<ServedVersion>()], facts.Now, gates.WindowMax);
        return state is not null
            && (Publish(state, versions, facts) || Judge(state, versions, facts, watch) || Expire(state, facts));
    }

    // A stable version is always looked at: its last windows judge what follows it.
    private static void NoteJudged(TrafficState? state, ImmutableArray<VersionHarness> versions)
    {
        foreach (VersionHarness version in versions)
        {
            if (version.Served is { } served)
            {
                long number = version.Location.Version;
                served.IsJudged = state is not null && (number == state.Canary || number == state.Stable);
            }
        }
    }

    private bool Publish(TrafficState state, ImmutableArray<VersionHarness> versions, ModelFacts facts)
    {
        if (state.Pending is not { } pending)
        {
            return false;
        }

        VersionHarness? version = versions.FirstOrDefault(other => other.Location.Version == pending.Version);
        TrafficState free = state with { Pending = null };
        if (version is null or { State: VersionState.Failed })
        {
            string reason = version?.Reason ?? "its bundle was removed";
            return Commit(state, ActOutcome.Done(free), "publish", Plan, $"version {pending.Version}: {reason}");
        }

        if (version.State != VersionState.Ready)
        {
            return false;
        }

        ActOutcome outcome = PublishAct.Fulfil(free, pending, facts);
        bool isDone = outcome.State is not null;
        Freeze(state, outcome.State ?? free, versions);
        return Commit(state, isDone ? outcome : ActOutcome.Done(free), "publish", Plan, outcome.Message);
    }

    private bool Judge(TrafficState state, ImmutableArray<VersionHarness> versions, ModelFacts facts, GateWatch watch)
    {
        if (state.Plan is { } plan)
        {
            return ServedOf(versions, plan.Version) is { } canary && ServedOf(versions, state.Stable) is { } stable
                && JudgePlan(state, plan, watch.JudgeCanary(canary, stable, plan, facts.Now), versions, facts);
        }

        if (state.Guard is { } guard && ServedOf(versions, guard.Version) is { } guarded)
        {
            GateReading? broken = watch.JudgeStable(guarded, guard.Gates, facts.Now);
            if (broken is not null && facts.IsReady(guard.Against))
            {
                TrafficState back = TrafficActs.GoBack(state, guard.Against, facts);
                return Commit(state, ActOutcome.Done(back), "rollback", Gate, "", broken);
            }

            return facts.Now >= guard.Until
                && Commit(state, ActOutcome.Done(state with { Guard = null }), "trust", Plan, "");
        }

        watch.Rest();
        return false;
    }

    private bool JudgePlan(
        TrafficState state, CanaryPlan plan, GateReading? broken, ImmutableArray<VersionHarness> versions,
        ModelFacts facts)
    {
        if (broken is not null)
        {
            return Commit(state, ActOutcome.Done(TrafficActs.TakeBack(state)), "rollback", Gate, "", broken);
        }

        bool isDue = !plan.IsHeld && facts.Now - plan.Since >= plan.Hold;
        if (!isDue || ReadingsOf(state.Model).Any(reading => reading.State == GateState.Waiting))
        {
            return false;
        }

        TrafficState next = TrafficActs.Step(state, facts);
        Freeze(state, next, versions);
        return Commit(state, ActOutcome.Done(next), next.Plan is null ? "promote" : "step", Plan, "");
    }

    private bool Expire(TrafficState state, ModelFacts facts)
    {
        bool isOver = state.Previous != 0 && state.ShareOf(state.Previous) == 0 && facts.Now >= state.PreviousUntil;
        return isOver && Commit(state, ActOutcome.Done(TrafficActs.Expire(state)), "expire", Plan, "");
    }

    private bool Commit(
        TrafficState before, ActOutcome outcome, string act, string actor, string reason, GateReading? gate = null)
    {
        // A canary that goes back to where it was has lost to stable.
        long from = act == "rollback" && before.Canary != 0 ? before.Canary : 0;
        long to = from == 0 ? 0 : before.Stable;
        var done = new TrafficAct(act, time.GetUtcNow(), actor, from, to, gate, reason);
        return desk.Commit(before.Model, done, before, outcome, "").Code == ErrorCode.None;
    }

    private GateWatch WatchOf(string model)
    {
        if (!_watches.TryGetValue(model, out GateWatch? watch))
        {
            _watches.Add(model, watch = new GateWatch());
        }

        return watch;
    }

    private static ServedVersion? ServedOf(ImmutableArray<VersionHarness> versions, long number) =>
        versions.FirstOrDefault(version => version.Location.Version == number
            && version.State == VersionState.Ready)?.Served;
}
