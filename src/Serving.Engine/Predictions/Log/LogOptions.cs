using System.Collections.Immutable;

namespace Serving.Engine.Predictions.Log;

/// <summary>What a prediction log is told. Immutable.</summary>
public sealed record LogOptions
{
    /// <summary>Whether an answer waits until its record is on the disk.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Whether a log that takes no records lets answers go, counted as lost (relaxed only).</summary>
    public bool CountsWhenFull { get; init; }

    /// <summary>
    /// Whether a disk that is too slow for <see cref="Patience"/> lets answers go, said to be relaxed (strict only).
    /// </summary>
    public bool RelaxesWhenSlow { get; init; }

    /// <summary>Longest wait of an answer for the disk (strict only).</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Whether records hold the hash of the features instead of their values.</summary>
    public bool HashesFeatures { get; init; }

    /// <summary>Whether whole records are encrypted.</summary>
    public bool Encrypts { get; init; }

    /// <summary>Whether sealed segments are compressed.</summary>
    public bool Compresses { get; init; } = true;

    /// <summary>Size at which a segment ends.</summary>
    public long SegmentBytes { get; init; } = 256L << 20;

    /// <summary>Most bytes of all segments; the oldest go.</summary>
    public long RetainBytes { get; init; } = 100L << 30;

    /// <summary>Greatest age of a segment's last record; older segments go.</summary>
    public TimeSpan RetainAge { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Keys for encryption and masks; null without any.</summary>
    public LogKeys? Keys { get; init; }

    /// <summary>Request fields that are masked, by model, beside those of the bundles' manifests.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> Masks { get; init; } =
        ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>Request fields that a traffic split goes by, by model: masked ones are hashed.</summary>
    public ImmutableDictionary<string, string> SplitFields { get; init; } =
        ImmutableDictionary<string, string>.Empty;

    /// <summary>Bytes that may wait for the disk, a power of two.</summary>
    public int BufferBytes { get; init; } = 32 << 20;

    /// <summary>Bytes kept free for a clean stop on a full disk; 0 keeps none.</summary>
    public long ReserveBytes { get; init; } = 64L << 20;

    /// <summary>How often records go to the file. Relaxed promises at most 100 ms at risk.</summary>
    public TimeSpan WriteInterval { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How often the file is synced, at most (relaxed only).</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often sealed segments are compressed and old ones dropped.</summary>
    public TimeSpan CareInterval { get; init; } = TimeSpan.FromMilliseconds(500);
}
