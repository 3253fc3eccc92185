namespace Serving.State.Windows;

/// <summary>What came of reading a blob.</summary>
public enum ReadStatus : byte
{
    /// <summary>The window values were written.</summary>
    Ok = 0,

    /// <summary>The blob is cut, fails a check, is foreign or of a newer format: all values are missing.</summary>
    Damaged = 1,

    /// <summary>
    /// The request lies before what compaction folded, which no longer knows what was known then: all values are
    /// missing, and the case is counted (class late).
    /// </summary>
    TooOld = 2,
}
