using Serving.Data.Durability;

namespace Serving.State.Embedded;

/// <summary>
/// The write-ahead log of a folder. Request threads copy entries into a <see cref="LogBuffer"/> and go on; one thread
/// writes them to the segment every few milliseconds, another syncs it. Two threads, because a sync that takes long
/// must not keep entries from the file: what was written outlives the process, what was synced the power too.
/// </summary>
/// <remarks>
/// States: open -> failing -> open. A failed write or sync seals the segment for good; nothing of it is tried again
/// (hardening.md P7). What no sync has covered stays in the buffer, is written to a new segment as soon as one can be
/// made, and whoever waited for it is told that it is not durable. Safe for use by several threads.
/// </remarks>
internal sealed class StateLog : IDisposable
{
    private static readonly TimeSpan s_idleWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_retryWait = TimeSpan.FromMilliseconds(100);

    // About 100 ms of silence, then the writer sleeps until an append wakes it.
    private const int PollsBeforeIdle = 50;

    private readonly string _folder;
    private readonly EmbeddedOptions _options;
    private readonly LogBuffer _buffer;
    private readonly SyncWaiters _waiters = new();
    private readonly BackgroundLoop _writer;
    private readonly BackgroundLoop _syncer;

    // Guards the segment and the written side of the buffer: the two threads meet here, and whoever asks for status.
    private readonly Lock _file = new();
    private LogSegment? _segment;
    private string? _error;
    private long _failures;
    private long _bytes;
    private long _dirtySince;
    private bool _isDirty;
    private int _emptyPolls;
    private int _isIdle;
    private bool _isRetryDue;
    private volatile bool _isFailing;

    private StateLog(string folder, EmbeddedOptions options, ulong sequence)
    {
        _folder = folder;
        _options = options;
        _buffer = new LogBuffer(options.LogBytesBuffered, sequence);
        _segment = LogSegment.Create(folder, sequence + 1, options.Time.GetUtcNow());
        _writer = new BackgroundLoop("state-log", WriteStep);
        _syncer = new BackgroundLoop("state-sync", SyncStep);
        _writer.Start();
        _syncer.Start();
    }

    /// <summary>Begins a segment behind the last sequence of the folder.</summary>
    /// <exception cref="IOException">The segment cannot be made.</exception>
    public static StateLog Begin(string folder, EmbeddedOptions options, ulong sequence) =>
        new(folder, options, sequence);

    /// <summary>Whether nothing can be written now.</summary>
    public bool IsFailing => _isFailing;

    /// <summary>Sequence of the last entry.</summary>
    public ulong Sequence => _buffer.Sequence;

    /// <summary>Sequence of the last entry that changes something.</summary>
    public ulong DataSequence => _buffer.DataSequence;

    /// <summary>Bytes written since the folder was opened.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Appends an entry; 0 where the buffer is full, since the disk is too slow or fails.</summary>
    [Data.HotPath]
    public ulong TryAppend(in LogEntry entry, ReadOnlySpan<byte> body)
    {
        ulong sequence = _buffer.TryAppend(entry, body);

        // A wake that is missed, because this read overtakes the append, costs the 50 ms of an idle writer's wait.
        if (Volatile.Read(ref _isIdle) != 0 && Interlocked.Exchange(ref _isIdle, 0) != 0)
        {
            _writer.Wake();
        }

        return sequence;
    }

    /// <summary>Waits until all up to a sequence is on the disk; false where the disk failed.</summary>
    public Task<bool> WhenSyncedAsync(ulong sequence)
    {
        Task<bool> waiting = _waiters.Add(sequence);
        ulong synced;
        lock (_file)
        {
            synced = _buffer.SyncedSequence;
        }

        _waiters.Answer(synced, isDurable: true);
        if (_isFailing)
        {
            _waiters.Answer(sequence, isDurable: false);
        }

        _writer.Wake();
        return waiting;
    }

    /// <summary>Deletes the segments whose entries all are in a snapshot of a sequence.</summary>
    public static void DropSegments(string folder, ulong sequence, bool all)
    {
        List<(ulong First, string Path)> logs = FolderFiles.Logs(folder);
        for (int i = 0; i < logs.Count; i++)
        {
            if (all || (i + 1 < logs.Count && logs[i + 1].First <= sequence + 1))
            {
                File.Delete(logs[i].Path);
            }
        }

        DurableFolder.Sync(folder);
    }

    /// <summary>Adds what is known of the log.</summary>
    public EmbeddedStatus Describe(EmbeddedStatus status)
    {
        lock (_file)
        {
            return status with
            {
                IsLogFailing = _isFailing,
                LogError = _error,
                LogFailures = _failures,
                Sequence = _buffer.Sequence,
                SyncedSequence = _buffer.SyncedSequence,
                UnsyncedBytes = _isDirty ? _buffer.Unsynced : 0,
                UnsyncedMs = _isDirty ? _options.Time.GetElapsedTime(_dirtySince).TotalMilliseconds : 0,
            };
        }
    }

    /// <summary>Writes and syncs what is left, where the disk lets it, and ends the threads.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        lock (_file)
        {
            _ = WriteOut();
        }

        _syncer.Dispose();
        _ = SyncStep();
        lock (_file)
        {
            _segment?.File.Dispose();
            _segment = null;
        }

        _waiters.Answer(ulong.MaxValue, isDurable: false);
    }

    private TimeSpan WriteStep()
    {
        Volatile.Write(ref _isIdle, 0);
        lock (_file)
        {
            // Behind a failure a step is passed over, whoever woke it: a disk that always fails is not hammered.
            _isRetryDue = !_isFailing || !_isRetryDue;
            bool hasWritten = _isRetryDue && WriteOut();
            if (_isFailing)
            {
                return s_retryWait;
            }

            _emptyPolls = hasWritten ? 0 : _emptyPolls + 1;
        }

        if (_emptyPolls < PollsBeforeIdle)
        {
            return _options.WriteInterval;
        }

        Volatile.Write(ref _isIdle, 1);
        return s_idleWait;
    }

    private bool WriteOut()
    {
        bool hasWritten = false;
        try
        {
            _segment ??= LogSegment.Create(_folder, _buffer.WrittenSequence + 1, _options.Time.GetUtcNow());
            _isFailing = false;
            while (_buffer.HasUnwritten)
            {
                Span<byte> piece = _buffer.Unwritten();
                (ulong last, ulong lastData) = SealFrames(piece);
                _segment.File.Write(piece);
                _buffer.Wrote(piece.Length, last, lastData);
                Volatile.Write(ref _bytes, _bytes + piece.Length);
                hasWritten = true;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Fail(error);
            return false;
        }

        if (_buffer.WrittenDataSequence > _buffer.SyncedSequence)
        {
            _dirtySince = _isDirty ? _dirtySince : _options.Time.GetTimestamp();
            _isDirty = true;
            _syncer.Wake();
        }

        return hasWritten;
    }

    // The checksums are computed here and not by the request threads.
    private static (ulong Last, ulong LastData) SealFrames(Span<byte> frames)
    {
        (ulong last, ulong lastData) = (0, 0);
        while (frames.Length > 0)
        {
            (int length, ulong sequence, LogKind kind) = LogFrame.Seal(frames);
            last = sequence;
            lastData = kind == LogKind.Synced ? lastData : sequence;
            frames = frames[length..];
        }

        return (last, lastData);
    }

    private TimeSpan SyncStep()
    {
        LogSegment? segment;
        (long position, ulong sequence, ulong dataSequence) covered;
        lock (_file)
        {
            segment = _segment;
            covered = (_buffer.Written, _buffer.WrittenSequence, _buffer.WrittenDataSequence);
            if (segment is null || covered.dataSequence <= _buffer.SyncedSequence)
            {
                return Timeout.InfiniteTimeSpan;
            }
        }

        try
        {
            DurableFile.SyncData(segment.File.Handle);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            lock (_file)
            {
                if (ReferenceEquals(segment, _segment))
                {
                    Fail(error);
                }
            }

            return Timeout.InfiniteTimeSpan;
        }

        lock (_file)
        {
            // A write that failed meanwhile has sealed this segment, and its entries are written again elsewhere.
            if (ReferenceEquals(segment, _segment))
            {
                Synced(covered.position, covered.sequence);
                RollOver();
            }
        }

        return TimeSpan.Zero;
    }

    private void Synced(long position, ulong sequence)
    {
        _buffer.Synced(position, sequence);
        _isDirty = false;
        _waiters.Answer(sequence, isDurable: true);

        // Recovery tells by it a tail that was torn from one that was damaged. Itself it needs no sync.
        _ = _buffer.TryAppend(LogEntry.Synced(sequence), default);
    }

    // A segment ends where all of it is on the disk: recovery takes damage in any but the last for what it is.
    private void RollOver()
    {
        if (_segment!.File.Length < _options.SegmentBytes)
        {
            return;
        }

        try
        {
            if (!WriteOut() || _segment is null)
            {
                return;
            }

            (long position, ulong sequence) = (_buffer.Written, _buffer.WrittenSequence);
            DurableFile.SyncData(_segment.File.Handle);
            _buffer.Synced(position, sequence);
            _waiters.Answer(sequence, isDurable: true);
            _isDirty = false;
            LogSegment next = LogSegment.Create(_folder, sequence + 1, _options.Time.GetUtcNow());
            _segment.File.Dispose();
            _segment = next;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Fail(error);
        }
    }

    private void Fail(Exception error)
    {
        _error = error.Message;
        _isFailing = true;
        _failures += _segment is null ? 0 : 1;
        _segment?.File.Abandon(isEmpty: _segment.First > _buffer.SyncedSequence);
        _segment = null;
        _isDirty = _buffer.Unsynced > 0;
        _buffer.Rewind();
        _waiters.Answer(ulong.MaxValue, isDurable: false);
    }
}
