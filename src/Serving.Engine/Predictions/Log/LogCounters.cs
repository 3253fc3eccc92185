namespace Serving.Engine.Predictions.Log;

/// <summary>
/// What the log's writer counts. Written under its lock, read by whoever asks; the numbers are aligned words.
/// </summary>
internal sealed class LogCounters
{
    /// <summary>Records written.</summary>
    public long Records { get; set; }

    /// <summary>Bytes written.</summary>
    public long Bytes { get; set; }

    /// <summary>Writes and syncs that failed.</summary>
    public long Failures { get; set; }

    /// <summary>Answers that waited no longer.</summary>
    public long Slow { get; set; }

    /// <summary>Syncs.</summary>
    public long Syncs { get; set; }

    /// <summary>How long the last one took.</summary>
    public long LastSyncUs { get; set; }
}
