namespace Serving.Engine.Predictions.Log;

/// <summary>What is wrong at a place of a log.</summary>
public enum LogProblemKind : byte
{
    /// <summary>The log ends in the middle of a frame, as a kill leaves it.</summary>
    Torn = 0,

    /// <summary>Bytes were changed.</summary>
    Checksum,

    /// <summary>Records are missing before this place.</summary>
    Missing,

    /// <summary>Records stand twice.</summary>
    Duplicate,
}
