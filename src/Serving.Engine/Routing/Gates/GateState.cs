namespace Serving.Engine.Routing.Gates;

/// <summary>Where a gate stands.</summary>
public enum GateState
{
    /// <summary>It has too few samples.</summary>
    Waiting = 0,

    /// <summary>It holds.</summary>
    Ok,

    /// <summary>It broke: the canary goes back.</summary>
    Broken,
}
