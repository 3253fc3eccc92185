using System.Collections.Immutable;
using System.Globalization;
using Serving.Data;

namespace Serving.Engine.Routing.Acts;

/// <summary>Sets shares by hand: a plan that was running ends, and the labels stay where they are. Pure.</summary>
internal static class SplitAct
{
    /// <summary>Applies a request.</summary>
    public static ActOutcome Apply(TrafficState state, TrafficRequest request, ModelFacts facts)
    {
        ImmutableSortedDictionary<long, int>? shadow = null;
        ActOutcome? refused = Resolve(state, request.Split, facts, out ImmutableSortedDictionary<long, int>? split)
            ?? Resolve(state, request.Shadow, facts, out shadow)
            ?? CheckSums(split, shadow);
        if (refused is not null)
        {
            return refused;
        }

        TrafficState next = state with
        {
            Split = split ?? state.Split,
            Shadow = shadow ?? state.Shadow,
            By = request.By is null ? state.By : request.By.Length == 0 ? null : request.By,
        };
        if (split is not null)
        {
            next = Settle(next, split);
        }

        long lacking = next.By is null ? 0
            : next.Split.Keys.FirstOrDefault(version => facts.IsReady(version) && !facts.HasField(version, next.By));
        return lacking != 0
            ? ActOutcome.Refused(
                ErrorCode.FailedPrecondition,
                $"version {lacking} has no field '{next.By}' by which traffic could be split")
            : facts.OfOneKind(ActOutcome.Done(TrafficActs.Drop(state, next)));
    }

    private static TrafficState Settle(TrafficState next, ImmutableSortedDictionary<long, int> split)
    {
        // A version that has all traffic is what everybody would call stable.
        long only = split.Count == 1 ? split.Keys.First() : next.Stable;
        bool isMoved = only != next.Stable;
        return next with
        {
            Plan = null,
            Guard = null,
            Stable = only,
            Previous = isMoved ? next.Stable : next.Previous,
            Canary = only == next.Canary || split.GetValueOrDefault(next.Canary) == 0 ? 0 : next.Canary,
        };
    }

    private static ActOutcome? Resolve(
        TrafficState state,
        ImmutableSortedDictionary<string, int>? shares,
        ModelFacts facts,
        out ImmutableSortedDictionary<long, int>? resolved)
    {
        resolved = null;
        if (shares is null)
        {
            return null;
        }

        var versions = ImmutableSortedDictionary.CreateBuilder<long, int>();
        foreach ((string name, int share) in shares)
        {
            bool isNumber = long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long version);
            version = isNumber ? version : state.VersionOf(name);
            if (version == 0 || (isNumber && !facts.Known.Contains(version)))
            {
                return ActOutcome.Refused(
                    isNumber ? ErrorCode.FailedPrecondition : ErrorCode.InvalidArgument,
                    isNumber ? $"there is no version {name}" : $"no version has the label '{name}'");
            }

            if (!facts.IsReady(version))
            {
                return ActOutcome.NotReady(version);
            }

            if (!versions.TryAdd(version, share))
            {
                return ActOutcome.Refused(ErrorCode.InvalidArgument, $"version {version} is named twice");
            }
        }

        resolved = versions.Where(share => share.Value > 0).ToImmutableSortedDictionary();
        return null;
    }

    private static ActOutcome? CheckSums(
        ImmutableSortedDictionary<long, int>? split, ImmutableSortedDictionary<long, int>? shadow)
    {
        int sum = split?.Values.Sum() ?? TrafficSplit.Buckets;
        if (sum != TrafficSplit.Buckets)
        {
            return ActOutcome.Refused(
                ErrorCode.InvalidArgument, $"the shares come to {SharePercent.Text(sum)} %, expected 100 %");
        }

        return shadow?.Values.Sum() > TrafficSplit.Buckets
            ? ActOutcome.Refused(ErrorCode.InvalidArgument, "the shares of shadows come to more than 100 %")
            : null;
    }
}
