namespace Serving.State.Embedded;

/// <summary>
/// How an embedded store fares: what metrics, health and <c>/metrics</c> show. Counts are since the start.
/// </summary>
public sealed record EmbeddedStatus
{
    /// <summary>Number of blobs.</summary>
    public long Blobs { get; init; }

    /// <summary>Bytes of all blobs.</summary>
    public long BlobBytes { get; init; }

    /// <summary>Native memory of blobs and index, in bytes.</summary>
    public long NativeBytes { get; init; }

    /// <summary>Memory of blobs that are kept decoded, in bytes.</summary>
    public long ImageBytes { get; init; }

    /// <summary>Compactions that replaced a blob.</summary>
    public long Compactions { get; init; }

    /// <summary>Requests for compaction that found the queue full.</summary>
    public long CompactionsDropped { get; init; }

    /// <summary>Compactions whose replacement was refused, or that failed: a fault of the compactor.</summary>
    public long CompactionFaults { get; init; }

    /// <summary>Blobs that expired.</summary>
    public long Expired { get; init; }

    /// <summary>Appends that were refused because the log's buffer was full: they are lost.</summary>
    public long AppendsLost { get; init; }

    /// <summary>Appends that were refused because the entity has too many events.</summary>
    public long AppendsTooMany { get; init; }

    /// <summary>Accesses that met a blob of another key, log or format.</summary>
    public long BlobsDamaged { get; init; }

    /// <summary>Whether the log cannot be written now; null without a folder.</summary>
    public bool? IsLogFailing { get; init; }

    /// <summary>The last failure of the log; null when there was none.</summary>
    public string? LogError { get; init; }

    /// <summary>Segments of the log that were given up after a failure.</summary>
    public long LogFailures { get; init; }

    /// <summary>Sequence of the last change.</summary>
    public ulong Sequence { get; init; }

    /// <summary>Sequence of the last change that is on the disk.</summary>
    public ulong SyncedSequence { get; init; }

    /// <summary>Bytes of changes that a loss of power would take now.</summary>
    public long UnsyncedBytes { get; init; }

    /// <summary>For how long the oldest of them has been waiting, in milliseconds.</summary>
    public double UnsyncedMs { get; init; }

    /// <summary>When the last snapshot was finished in this process; null before the first.</summary>
    public DateTimeOffset? LastSnapshot { get; init; }

    /// <summary>Why the last snapshot failed; null where it did not.</summary>
    public string? SnapshotError { get; init; }

    /// <summary>Bytes of a torn tail that the start cut off.</summary>
    public long CutBytes { get; init; }

    /// <summary>Damaged places that a start with repair left behind.</summary>
    public long Repaired { get; init; }
}
