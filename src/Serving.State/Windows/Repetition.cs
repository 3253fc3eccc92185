namespace Serving.State.Windows;

/// <summary>Whether an event was there before under its key (R44), as far as the key's blob tells.</summary>
public enum Repetition
{
    /// <summary>It was not; the blob remembers all that could be repeated.</summary>
    None = 0,

    /// <summary>The blob does not know it, and no longer knows all: more than 4,096 came since, or it is damaged.
    /// </summary>
    Unknown,

    /// <summary>It was, and the log keeps the same of both, as far as it still has the first.</summary>
    Same,

    /// <summary>It was, with other times or other kept values: the first one counts (hardening.md 66).</summary>
    Conflict,
}
