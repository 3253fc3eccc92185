namespace Serving.State;

/// <summary>What came of one access to the store.</summary>
public enum StateOutcome : byte
{
    /// <summary>The state was read (an absent key reads as an empty blob).</summary>
    Read = 0,

    /// <summary>The store did not answer in time: the state is missing; an append was queued.</summary>
    Unavailable = 1,

    /// <summary>The store did not answer and the queue of appends is full: the append is lost, and counted.</summary>
    Lost = 2,

    /// <summary>
    /// The blob is damaged, foreign or of a newer format: the state is missing; a copy was put aside.
    /// </summary>
    Damaged = 3,

    /// <summary>The entity gets more events than its bound allows (hardening.md 64): nothing was appended.</summary>
    TooMany = 4,
}
