using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Engine.Routing.Acts;

/// <summary>Gives a version what it is published as, at once or when it is Ready. Pure.</summary>
internal static class PublishAct
{
    /// <summary>Applies a publication, or has it wait for its version.</summary>
    public static ActOutcome Apply(TrafficState state, Publication publication, ModelFacts facts)
    {
        long version = publication.Version;
        if (!facts.Known.Contains(version))
        {
            return ActOutcome.Refused(ErrorCode.NotFound, $"there is no version {version}");
        }

        if (version == state.Stable && state.ShareOf(version) == TrafficSplit.Buckets)
        {
            return ActOutcome.Refused(ErrorCode.FailedPrecondition, $"version {version} is stable already");
        }

        return facts.IsReady(version)
            ? Fulfil(state with { Pending = null }, publication, facts)
            : ActOutcome.Done(state with
            {
                Pending = publication,
                Dropped = state.Dropped.Remove(version),
                Loaded = state.Loaded.Add(version),
            });
    }

    /// <summary>The publication of a version that is Ready.</summary>
    public static ActOutcome Fulfil(TrafficState state, Publication publication, ModelFacts facts)
    {
        long version = publication.Version;
        if (state.By is not null && !facts.HasField(version, state.By))
        {
            return ActOutcome.Refused(
                ErrorCode.FailedPrecondition,
                $"version {version} has no field '{state.By}', by which traffic is split");
        }

        bool isFirst = state.Stable == 0 || !facts.IsReady(state.Stable);
        return facts.OfOneKind(publication.As switch
        {
            PublicationKind.Shadow => ActOutcome.Done(state with
            {
                Shadow = state.Shadow.SetItem(version, publication.Share ?? TrafficSplit.Buckets),
                Dropped = state.Dropped.Remove(version),
            }),
            PublicationKind.Canary when !isFirst => BeginCanary(state, publication, facts),
            _ => ActOutcome.Done(TrafficActs.MakeStable(state, version, facts, publication.Gates)),
        });
    }

    /// <summary>A version's share taken from stable; what else has one keeps it.</summary>
    public static ImmutableSortedDictionary<long, int> Shares(TrafficState state, long version, int share)
    {
        int others = state.Split.Where(other => other.Key != version && other.Key != state.Stable)
            .Sum(other => other.Value);
        ImmutableSortedDictionary<long, int> split = state.Split.Remove(version)
            .SetItem(state.Stable, TrafficSplit.Buckets - others - share);
        return share == 0 ? split : split.SetItem(version, share);
    }

    private static ActOutcome BeginCanary(TrafficState state, Publication publication, ModelFacts facts)
    {
        TrafficState free = state.Canary != 0 && state.Canary != publication.Version
            ? TrafficActs.TakeBack(state)
            : state;
        long holder = free.Split.Keys.FirstOrDefault(
            version => version != free.Stable && version != publication.Version);
        if (holder != 0)
        {
            return ActOutcome.Refused(
                ErrorCode.FailedPrecondition,
                $"version {holder} has a share of {SharePercent.Text(free.ShareOf(holder))} %, which a canary's plan "
                + "would have to take: set the split first");
        }

        ImmutableArray<int> steps = publication.Share is { } held ? [held] : publication.Steps;
        var plan = new CanaryPlan(
            publication.Version, steps, 0, publication.Hold, publication.Share is not null, facts.Now,
            publication.Gates);
        return plan.Share == TrafficSplit.Buckets
            ? ActOutcome.Done(TrafficActs.MakeStable(free, publication.Version, facts, publication.Gates))
            : ActOutcome.Done(free with
            {
                Canary = publication.Version,
                Plan = plan,
                Guard = null,
                Shadow = free.Shadow.Remove(publication.Version),
                Split = Shares(free, publication.Version, plan.Share),
                Dropped = free.Dropped.Remove(publication.Version),
            });
    }
}
