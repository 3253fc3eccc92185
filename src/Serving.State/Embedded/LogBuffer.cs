using System.Diagnostics;

namespace Serving.State.Embedded;

/// <summary>
/// The entries of the log that are not yet on the disk, in a ring of fixed size: request threads append behind a gate,
/// the log's thread writes them to a file, and the room is free again when a sync has covered them. So a failed sync
/// loses nothing: <see cref="Rewind"/> makes all since the last good one unwritten again, for another file.
/// </summary>
/// <remarks>
/// Positions count bytes from the beginning of time; position p is at p % capacity. A frame never wraps: the end of a
/// lap that was too short is skipped. Invariant: synced &lt;= written &lt;= appended &lt;= synced + capacity.
/// Appending is safe for several threads; everything else is the log's, one thread at a time.
/// </remarks>
internal sealed class LogBuffer
{
    private readonly byte[] _bytes;
    private SpinGate _gate;
    private long _appended;
    private long _written;
    private long _synced;

    // The bytes from here to the end of that lap were skipped. One pair is enough: before a second lap ends, the
    // bound on unsynced bytes has carried the synced position over the first end.
    private long _skipFrom = -1;
    private ulong _sequence;
    private ulong _dataSequence;

    public LogBuffer(int capacity, ulong sequence)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(capacity, pinned: true);
        _sequence = sequence;
        _dataSequence = sequence;
        WrittenSequence = sequence;
        WrittenDataSequence = sequence;
        SyncedSequence = sequence;
    }

    /// <summary>Sequence of the last entry.</summary>
    public ulong Sequence => Volatile.Read(ref _sequence);

    /// <summary>Sequence of the last entry that changes something: the last that a sync is needed for.</summary>
    public ulong DataSequence => Volatile.Read(ref _dataSequence);

    /// <summary>Bytes that are not yet synced.</summary>
    public long Unsynced => Volatile.Read(ref _appended) - Volatile.Read(ref _synced);

    /// <summary>Whether entries wait for being written.</summary>
    public bool HasUnwritten => Volatile.Read(ref _appended) != _written;

    /// <summary>Position up to which entries were written; to be given back to <see cref="Synced"/>.</summary>
    public long Written => _written;

    /// <summary>Sequence of the last entry that was written.</summary>
    public ulong WrittenSequence { get; private set; }

    /// <summary>Sequence of the last written entry that changes something.</summary>
    public ulong WrittenDataSequence { get; private set; }

    /// <summary>Sequence of the last entry that is on the disk.</summary>
    public ulong SyncedSequence { get; private set; }

    /// <summary>Appends an entry and returns its sequence; 0 where there is no room.</summary>
    public ulong TryAppend(in LogEntry entry, ReadOnlySpan<byte> body)
    {
        int length = LogFrame.HeaderSize + body.Length;
        _gate.Enter();
        long at = _appended;
        int offset = (int)(at % _bytes.Length);
        if (offset + length > _bytes.Length)
        {
            at += _bytes.Length - offset;
            offset = 0;
        }

        if (at + length - Volatile.Read(ref _synced) > _bytes.Length)
        {
            _gate.Exit();
            return 0;
        }

        if (at != _appended)
        {
            _skipFrom = _appended;
        }

        ulong sequence = _sequence + 1;
        LogFrame.Write(_bytes.AsSpan(offset, length), sequence, entry, body);
        Volatile.Write(ref _sequence, sequence);
        Volatile.Write(ref _dataSequence, entry.Kind == LogKind.Synced ? _dataSequence : sequence);
        Volatile.Write(ref _appended, at + length);
        _gate.Exit();
        return sequence;
    }

    /// <summary>The next entries to be written, in one piece; empty when there are none.</summary>
    public Span<byte> Unwritten()
    {
        _gate.Enter();
        (long appended, long skipFrom) = (_appended, _skipFrom);
        _gate.Exit();
        if (_written == skipFrom)
        {
            _written = LapEnd(skipFrom);
        }

        // A frame may fill a lap to its very end: then nothing was skipped, and the piece still ends there.
        long end = Math.Min(skipFrom > _written ? skipFrom : appended, LapEnd(_written));
        return _bytes.AsSpan((int)(_written % _bytes.Length), (int)(end - _written));
    }

    /// <summary>Notes that the piece of <see cref="Unwritten"/> was written.</summary>
    public void Wrote(int length, ulong sequence, ulong dataSequence)
    {
        _written += length;
        WrittenSequence = sequence;
        WrittenDataSequence = Math.Max(WrittenDataSequence, dataSequence);
    }

    /// <summary>Notes that the entries up to a position are on the disk; their room is free.</summary>
    public void Synced(long position, ulong sequence)
    {
        Debug.Assert(position >= _synced && position <= _written, "only written entries were synced");
        SyncedSequence = sequence;
        Volatile.Write(ref _synced, position);
    }

    /// <summary>Makes every entry that is not known to be on the disk unwritten again.</summary>
    public void Rewind()
    {
        _written = _synced;
        WrittenSequence = SyncedSequence;
        WrittenDataSequence = SyncedSequence;
    }

    private long LapEnd(long position) => (position / _bytes.Length * _bytes.Length) + _bytes.Length;
}
