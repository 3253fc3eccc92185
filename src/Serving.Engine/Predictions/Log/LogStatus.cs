namespace Serving.Engine.Predictions.Log;

/// <summary>What is known of a prediction log. Immutable.</summary>
public sealed record LogStatus
{
    /// <summary>Whether answers are refused, or lost, since the log takes no records.</summary>
    public required bool IsRefusing { get; init; }

    /// <summary>The last error of the disk; null when the log is well.</summary>
    public string? Error { get; init; }

    /// <summary>Records written since the start.</summary>
    public required long Records { get; init; }

    /// <summary>Bytes written since the start.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes of all segments.</summary>
    public required long FolderBytes { get; init; }

    /// <summary>Answers that were sent without a record.</summary>
    public required long Lost { get; init; }

    /// <summary>Writes and syncs that failed; each sealed a segment.</summary>
    public required long Failures { get; init; }

    /// <summary>Answers that did not wait any longer for a slow disk.</summary>
    public required long Slow { get; init; }

    /// <summary>Syncs.</summary>
    public required long Syncs { get; init; }

    /// <summary>How long the last sync took, in microseconds.</summary>
    public required long LastSyncUs { get; init; }

    /// <summary>Bytes that are not on the disk yet.</summary>
    public required long WaitingBytes { get; init; }

    /// <summary>Segments.</summary>
    public required int Segments { get; init; }

    /// <summary>Segments that retention dropped since the start.</summary>
    public required long Dropped { get; init; }

    /// <summary>Whether the oldest segments go soon: nine tenths of the size that is kept are taken.</summary>
    public required bool IsNearRetention { get; init; }
}
