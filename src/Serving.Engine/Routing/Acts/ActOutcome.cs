using Serving.Data;

namespace Serving.Engine.Routing.Acts;

/// <summary>What an act comes to: another state, or why not. Immutable.</summary>
/// <param name="State">The state after it; null when it is refused.</param>
/// <param name="Code">Why it is refused; None otherwise.</param>
/// <param name="Message">The same in words.</param>
internal sealed record ActOutcome(TrafficState? State, ErrorCode Code, string Message)
{
    /// <summary>The state after it.</summary>
    public static ActOutcome Done(TrafficState state) => new(state, ErrorCode.None, "");

    /// <summary>Why not.</summary>
    public static ActOutcome Refused(ErrorCode code, string message) => new(null, code, message);

    /// <summary>The refusal for a version that would have to be Ready.</summary>
    public static ActOutcome NotReady(long version) =>
        Refused(ErrorCode.FailedPrecondition, $"version {version} is not Ready");
}
