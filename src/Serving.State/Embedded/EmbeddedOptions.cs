namespace Serving.State.Embedded;

/// <summary>How an embedded store keeps its blobs. The defaults fit a server.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>The clock: expiry, and when sweeps and snapshots are due.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>
    /// Shards of the blobs, a power of two from 1 to 4096: with 256, two of a few dozen threads seldom meet on one.
    /// </summary>
    public int Shards { get; init; } = 256;

    /// <summary>
    /// Bytes of records behind the folded part of a blob, at most: an entity that gets more than compaction can fold
    /// is refused (hardening.md 64), before reading it would slow its requests.
    /// </summary>
    public int TailBytesMax { get; init; } = 64 << 10;

    /// <summary>
    /// Bytes of blobs that are kept decoded between reads, at most, beside the blobs; 0: none are. Taken as they are
    /// needed, a mebibyte at a time.
    /// </summary>
    public long ImageBytes { get; init; } = Windows.ImagePool.UsualBytes;

    /// <summary>Compactions that wait at most; those beyond are dropped, a later access asks again.</summary>
    public int CompactionQueueMax { get; init; } = 4096;

    /// <summary>Time between two searches for expired blobs.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Bytes of the log that are not yet on the disk, at most (4 MiB to 1 GiB). Appends beyond are refused as lost.
    /// </summary>
    public int LogBytesBuffered { get; init; } = 16 << 20;

    /// <summary>Longest time between an append and its write to the log, in 1 to 50 ms.</summary>
    public TimeSpan WriteInterval { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Size at which a new segment of the log begins.</summary>
    public long SegmentBytes { get; init; } = 64 << 20;

    /// <summary>Time between two snapshots; none is written while nothing changes.</summary>
    public TimeSpan SnapshotInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Bytes of log behind a snapshot that make the next one due: they are read again at a start.</summary>
    public long SnapshotLogBytes { get; init; } = 256 << 20;

    /// <summary>Threads that load a snapshot; 0: as many as processors.</summary>
    public int LoadThreads { get; init; }

    /// <summary>
    /// Opens a damaged folder: what is whole is kept, what is not is counted and left behind by a new snapshot. False
    /// refuses such a folder and names each damaged place.
    /// </summary>
    public bool Repair { get; init; }

    /// <summary>Secret seed of the index; null takes a random one.</summary>
    public ulong? HashSeed { get; init; }

    internal void Validate()
    {
        if (!System.Numerics.BitOperations.IsPow2(Shards) || Shards is < 1 or > 4096)
        {
            throw new ArgumentException($"{nameof(Shards)} is {Shards}, expected a power of two from 1 to 4096");
        }

        InRange(TailBytesMax, 64, BlobHeader.BlobBytesMax, nameof(TailBytesMax));
        if (ImageBytes != 0)
        {
            InRange(ImageBytes, 8L * Windows.ImagePool.BlockBytes, Windows.ImagePool.BytesMax, nameof(ImageBytes));
        }

        InRange(CompactionQueueMax, 1, 1 << 20, nameof(CompactionQueueMax));
        InRange(LogBytesBuffered, 4 << 20, 1 << 30, nameof(LogBytesBuffered));
        InRange(SegmentBytes, 1 << 12, 1 << 30, nameof(SegmentBytes));
        InRange((long)WriteInterval.TotalMilliseconds, 1, 50, nameof(WriteInterval));
    }

    private static void InRange(long value, long min, long max, string name)
    {
        if (value < min || value > max)
        {
            throw new ArgumentException($"{name} is {value}, expected {min} to {max}");
        }
    }
}
