namespace Serving.Data.Windows;

/// <summary>One window value of a script: a call over one span of one window.</summary>
public sealed record WindowReading
{
    /// <summary>What is computed.</summary>
    public required WindowFunction Function { get; init; }

    /// <summary>Over which events.</summary>
    public required WindowBounds Bounds { get; init; }

    /// <summary>Place of the measure in its log.</summary>
    public required int Measure { get; init; }

    /// <summary>
    /// <c>share</c> alone: place of the measure that counts the whole; <see cref="Measure"/> counts the part.
    /// </summary>
    public int Whole { get; init; } = -1;

    /// <summary>
    /// Calls with a <see cref="Keep"/> alone: place of the bool column of the call's own <c>where</c>, which is judged
    /// among the kept events; -1 without one. The window's <c>where</c> (the measure's) decides which events are kept.
    /// </summary>
    public int Where { get; init; } = -1;

    /// <summary>
    /// Greatest number of events that the call sees, the latest by (time, id) inside the window (R33); 0 where it sees
    /// all of them. Only <c>distinct</c> and calls with a <see cref="Condition"/> are bounded.
    /// </summary>
    public int Keep { get; init; }

    /// <summary>Place of the condition (a <c>where</c> that reads <c>now.</c>) in its log; -1 without one.</summary>
    public int Condition { get; init; } = -1;

    /// <summary>Half-life of the decaying calls, in milliseconds; 0 otherwise.</summary>
    public long HalfLifeMs { get; init; }

    /// <summary>Place of the value in <see cref="WindowPlan.Values"/>.</summary>
    public required int Slot { get; init; }

    /// <summary>Type of the value (R35, R37).</summary>
    public required FieldType Type { get; init; }
}
