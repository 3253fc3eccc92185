using Serving.Engine.Ingest;
using Serving.State;

namespace Serving.Engine.Predictions.Replays;

/// <summary>
/// Everything that is known of one key: what it was asked and given, and the history before the records.
/// </summary>
internal sealed class ReplayKey
{
    // The moment at which a backfill was cut is not told; it is looked for from the end of the files.
    private const int HistoryTriedMax = 1000;

    private readonly List<KeyAccess> _accesses = [];
    private readonly Dictionary<RecordLine, KeyAccess> _byLine = new(ReferenceEqualityComparer.Instance);
    private readonly List<RecordLine> _compactions = [];
    private readonly List<KeyAppend> _before = [];
    private readonly List<BlobLife> _lives = [];
    private Dictionary<KeyAppend, KeyAccess>? _byAppend;
    private HistoryBlob? _history;

    /// <summary>Makes the key of a log.</summary>
    public ReplayKey(StateKey key, ReplayLog log)
    {
        Key = key;
        Log = log;
    }

    /// <summary>The key.</summary>
    public StateKey Key { get; }

    /// <summary>Its log.</summary>
    public ReplayLog Log { get; }

    /// <summary>Folds its blobs.</summary>
    public IBlobCompactor Compactor => Log.Compactor;

    /// <summary>All accesses, in the order of their lines.</summary>
    public IReadOnlyList<KeyAccess> Accesses => _accesses;

    /// <summary>All events in the order in which they became known, as offline runs see them.</summary>
    public HistoryBlob History => _history ??= new HistoryBlob(NewHeader(), Events());

    /// <summary>Notes an access; lines come in their order.</summary>
    public void Add(KeyAccess access)
    {
        _accesses.Add(access);
        _byLine[access.Line] = access;
    }

    /// <summary>The access of a line; null where it has none.</summary>
    public KeyAccess? AccessOf(RecordLine line) => _byLine.GetValueOrDefault(line);

    /// <summary>The access that brought an event; null for history before the records.</summary>
    public KeyAccess? AccessOf(KeyAppend append)
    {
        if (_byAppend is null)
        {
            _byAppend = new Dictionary<KeyAppend, KeyAccess>(ReferenceEqualityComparer.Instance);
            foreach (KeyAccess access in _accesses.Where(access => access.Append is not null))
            {
                _byAppend[access.Append!] = access;
            }
        }

        return _byAppend.GetValueOrDefault(append);
    }

    /// <summary>Notes a compaction; lines come in their order.</summary>
    public void Add(RecordLine compaction) => _compactions.Add(compaction);

    /// <summary>Notes an event of the history before the records.</summary>
    public void AddBefore(KeyAppend append) => _before.Add(append);

    /// <summary>Header of a blob that is new.</summary>
    public byte[] NewHeader()
    {
        byte[] header = new byte[BlobHeader.Size];
        BlobHeader.Write(header, 0, Log.Codec.Schema, Key.Check);
        return header;
    }

    /// <summary>Rebuilds the blob's lives.</summary>
    public void Resolve()
    {
        new LifeSplit(_accesses, _compactions).Run(_lives);
        var builder = new LifeBuilder(
            this,
            _accesses.Where(access => access.Entry.Outcome is StateOutcome.Unavailable or StateOutcome.Damaged)
                .Select(access => access.Append).OfType<KeyAppend>());
        foreach (BlobLife life in _lives)
        {
            builder.Build(life);
        }
    }

    /// <summary>
    /// The blob that history before the records leaves at an epoch with a length: so many of its events, in the order
    /// in which they became known, as one backfill writes them. Null where no number of them has that length.
    /// </summary>
    public (byte[] Blob, IReadOnlyList<KeyAppend> Appends)? HistoryOf(uint epoch, int length)
    {
        KeyAppend[] events = [.. _before.OrderBy(append => append.Known)];
        for (int count = events.Length; count > Math.Max(0, events.Length - HistoryTriedMax); count--)
        {
            byte[] blob = BackfilledBlob(events.AsSpan(0, count));
            if (blob.Length == length && BlobHeader.EpochOf(blob) == epoch)
            {
                return (blob, events[..count]);
            }
        }

        return null;
    }

    /// <summary>
    /// The blob that backfill makes of a live one: history in front, one epoch later. Null where no number of events
    /// of the history gives that length.
    /// </summary>
    public (byte[] Blob, IReadOnlyList<KeyAppend> Appends)? Backfilled(EpochBytes live, uint epoch, int? length)
    {
        KeyAppend[] events = [.. _before.OrderBy(append => append.Known)];
        for (int count = events.Length; count > Math.Max(0, events.Length - HistoryTriedMax); count--)
        {
            byte[] blob = BackfilledBlob(events.AsSpan(0, count));
            int joined = blob.Length + live.Length - BlobHeader.Size;
            if (BlobHeader.EpochOf(blob) + 1 == epoch && (length is null || joined == length))
            {
                blob = [.. blob, .. live.Prefix(live.Length)[BlobHeader.Size..]];
                BlobHeader.Write(blob, epoch, BlobHeader.SchemaOf(blob), BlobHeader.CheckOf(blob));
                return (blob, events[..count]);
            }
        }

        return null;
    }

    private byte[] BackfilledBlob(ReadOnlySpan<KeyAppend> events)
    {
        var blob = new BackfillBlob(Key, Compactor);
        foreach (KeyAppend append in events)
        {
            blob.Add(append.Record);
        }

        return blob.Finish();
    }

    private IEnumerable<KeyAppend> Events() => _before.Concat(
        _accesses.Where(access => access.Append is not null).Select(access => access.Append!));
}
