using Serving.Data;

namespace Serving.Engine.Routing.Acts;

/// <summary>Has versions loaded or retired beside the traffic. Pure.</summary>
internal static class LoadActs
{
    /// <summary>A version is to be loaded and kept Ready.</summary>
    public static ActOutcome Load(TrafficState state, long version, ModelFacts facts) =>
        facts.Known.Contains(version)
            ? ActOutcome.Done(state with
            {
                Loaded = state.Loaded.Add(version),
                Dropped = state.Dropped.Remove(version),
            })
            : ActOutcome.Refused(ErrorCode.NotFound, $"there is no version {version}");

    /// <summary>A version is to be retired.</summary>
    public static ActOutcome Unload(TrafficState state, long version, ModelFacts facts)
    {
        // Only what is in use for good stands in the way: a previous version or one that is waited for may go.
        string holds = version == state.Stable ? "is stable"
            : state.ShareOf(version) > 0 ? $"has a share of {SharePercent.Text(state.ShareOf(version))} %"
            : state.Shadow.GetValueOrDefault(version) > 0 ? "is a shadow"
            : version == state.Canary ? "is the canary"
            : "";
        return !facts.Known.Contains(version)
            ? ActOutcome.Refused(ErrorCode.NotFound, $"there is no version {version}")
            : holds.Length > 0
                ? ActOutcome.Refused(ErrorCode.FailedPrecondition, $"version {version} {holds}")
                : ActOutcome.Done(state with
                {
                    Loaded = state.Loaded.Remove(version),
                    Dropped = state.Dropped.Add(version),
                    Previous = state.Previous == version ? 0 : state.Previous,
                    Pending = state.Pending?.Version == version ? null : state.Pending,
                });
    }
}
