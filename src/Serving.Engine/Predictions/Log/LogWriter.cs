using System.Security.Cryptography;
using Serving.Data.Durability;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Takes frames from the ring to the disk. One thread writes them to the segment, another syncs it: a sync that takes
/// long must not keep records from the file, since what was written outlives the process, what was synced the power.
/// </summary>
/// <remarks>
/// States: open -> failing -> open. A failed write or sync seals the segment for good; nothing of it is tried again
/// (hardening.md P7). What no sync has covered stays in the ring and is written to a new segment as soon as one can be
/// made; whoever waits for it waits on, until its patience ends. Safe for use by several threads.
/// </remarks>
internal sealed class LogWriter : IDisposable
{
    private const int PieceBytes = 256 << 10;

    private static readonly TimeSpan s_retryWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_idleWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_waitersLook = TimeSpan.FromMilliseconds(5);

    private readonly string _folder;
    private readonly LogOptions _options;
    private readonly TimeProvider _time;
    private readonly LogRing _ring;
    private readonly LogSealer _sealer;
    private readonly LogReserve _reserve;
    private readonly LogBytes _piece = new();
    private readonly BackgroundLoop _writer;
    private readonly BackgroundLoop _syncer;

    // Guards the segment and the read side of the ring: the two threads meet here, and whoever asks for status.
    private readonly Lock _file = new();
#pragma warning disable CA2213 // Dispose closes it: the rule loses it on the way through a failed last sync.
    private ActiveSegment? _segment;
#pragma warning restore CA2213
    private (long Position, ulong Sequence) _written;
    private (long Position, ulong Sequence) _synced;
    private long _lastSync;
    private bool _rewrites;
    private int _isIdle;
    private long _failingSince;
    private volatile bool _isFailing;

    // Who writes for the newest key begins a segment for it, so a segment has one key.
    private volatile LogKeys? _keys;
    private bool _isRetryDue;

    /// <summary>Begins a segment behind the last sequence of a folder.</summary>
    /// <exception cref="IOException">The segment cannot be made.</exception>
    public LogWriter(
        string folder, LogOptions options, TimeProvider time, LogRing ring, LogSources sources, LogReserve reserve,
        ulong last)
    {
        _folder = folder;
        _options = options;
        _time = time;
        _ring = ring;
        _reserve = reserve;
        _sealer = new LogSealer(sources, options);
        _keys = options.Keys;
        _written = _synced = (0, last);
        _segment = NewSegment();
        _writer = new BackgroundLoop("log-write", WriteStep);
        _syncer = new BackgroundLoop("log-sync", SyncStep);
    }

    /// <summary>Who waits for the disk.</summary>
    public LogWaiters Waiters { get; } = new();

    /// <summary>Whether nothing could be written for so long.</summary>
    public bool HasFailedFor(TimeSpan time) =>
        _isFailing && _time.GetElapsedTime(Volatile.Read(ref _failingSince)) > time;

    /// <summary>The last error; null when the log is well.</summary>
    public string? Error { get; private set; }

    /// <summary>What was counted.</summary>
    public LogCounters Counters { get; } = new();

    /// <summary>Path of the segment that grows; null while there is none.</summary>
    public ulong? ActiveFirst
    {
        get
        {
            lock (_file)
            {
                return _segment?.Header.First;
            }
        }
    }

    /// <summary>The keys: the last one writes from the next segment on, which a new one begins.</summary>
    public LogKeys? Keys
    {
        get => _keys;
        set => _keys = value;
    }

    /// <summary>Lets the threads run.</summary>
    public void Start()
    {
        _writer.Start();
        _syncer.Start();
    }

    /// <summary>Has what was appended written now, where the writer sleeps.</summary>
    [Data.HotPath]
    public void Wake()
    {
        if (Volatile.Read(ref _isIdle) != 0 && Interlocked.Exchange(ref _isIdle, 0) != 0)
        {
            _writer.Wake();
        }
    }

    /// <summary>Writes and syncs what was appended, as far as the disk lets it.</summary>
    public void Flush()
    {
        lock (_file)
        {
            WriteOut();
            SyncNow();
        }
    }

    /// <summary>Whether all up to a position is on the disk.</summary>
    public bool IsDurable(long position) => _ring.Freed >= position;

    /// <summary>Writes and syncs what is left, where the disk lets it, and ends the threads.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        _syncer.Dispose();
        lock (_file)
        {
            // Two tries: a full disk gives way once the reserve is freed.
            for (int attempt = 0; attempt < 2 && _ring.Freed != _ring.End; attempt++)
            {
                WriteOut();
                SyncNow();
            }
        }

        _segment?.File.Dispose();

        Waiters.AnswerUpTo(long.MaxValue, LogOutcome.Refused);
        _sealer.Dispose();
    }

    private TimeSpan WriteStep()
    {
        Volatile.Write(ref _isIdle, 0);
        bool hasWritten;
        lock (_file)
        {
            // Behind a failure a step is passed over, whoever woke it: a disk that always fails is not hammered.
            _isRetryDue = !_isFailing || !_isRetryDue;
            hasWritten = _isRetryDue && WriteOut();
        }

        bool isWaiting = AnswerLate();
        if (hasWritten)
        {
            return TimeSpan.Zero;
        }

        Volatile.Write(ref _isIdle, 1);
        return isWaiting ? s_waitersLook : _isFailing ? s_retryWait
            : _options.IsStrict ? s_idleWait : _options.WriteInterval;
    }

    private bool AnswerLate()
    {
        if (!_options.IsStrict || Waiters.IsEmpty)
        {
            return false;
        }

        LogOutcome outcome = _options.RelaxesWhenSlow && !_isFailing ? LogOutcome.Relaxed : LogOutcome.Refused;
        Counters.Slow += Waiters.AnswerLate(_time.GetTimestamp(), outcome);
        return true;
    }

    private bool WriteOut()
    {
        bool hasWritten = false;
        try
        {
            if (_segment is null)
            {
                _segment = NewSegment();
                _rewrites = false;
            }

            long position = _written.Position;
            while (NextPiece(ref position, out ulong sequence) > 0)
            {
                _segment.File.Write(_piece.Written);
                Counters.Records += (long)(sequence - _written.Sequence);
                Counters.Bytes += _piece.Length;
                _written = (position, sequence);
                hasWritten = true;
            }

            // With nothing left to sync the log takes records again; else the next sync says so.
            _isFailing &= _written.Position > _synced.Position;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Fail(error);
            return false;
        }

        if (hasWritten || _written.Position > _synced.Position)
        {
            _syncer.Wake();
        }

        return hasWritten;
    }

    private int NextPiece(ref long position, out ulong sequence)
    {
        _piece.Clear();
        sequence = _written.Sequence;
        while (_piece.Length < PieceBytes && _ring.TryRead(ref position) is { Length: > 0 } frame)
        {
            _sealer.Append(frame, ++sequence, _piece);
        }

        return _piece.Length;
    }

    private TimeSpan SyncStep()
    {
        ActiveSegment? segment;
        (long Position, ulong Sequence) covered;
        lock (_file)
        {
            segment = _segment;
            covered = _written;
            if (segment is null || covered.Position <= _synced.Position)
            {
                return Timeout.InfiniteTimeSpan;
            }
        }

        long now = _time.GetTimestamp();
        TimeSpan since = _time.GetElapsedTime(_lastSync, now);
        if (!_options.IsStrict && since < _options.SyncInterval && !_ring.IsHalfFull)
        {
            return _options.SyncInterval - since;
        }

        _lastSync = now;
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
            // A write that failed meanwhile has sealed this segment, and its records are written again elsewhere; a
            // flush may have covered more.
            if (ReferenceEquals(segment, _segment) && covered.Position > _synced.Position)
            {
                Synced(covered, now);
                RollOver();
            }
        }

        return TimeSpan.Zero;
    }

    private void Synced((long Position, ulong Sequence) covered, long began)
    {
        Counters.LastSyncUs = (long)_time.GetElapsedTime(began).TotalMicroseconds;
        Counters.Syncs++;
        _synced = covered;
        _ring.Free(covered.Position);
        Error = null;
        _isFailing = false;
        Waiters.AnswerUpTo(covered.Position, LogOutcome.Durable);
    }

    // A segment ends where all of it is on the disk: what is damaged in it then was damaged later.
    private void RollOver()
    {
        bool isFull = _segment!.File.Length >= _options.SegmentBytes || _segment.Header.Key != (_keys?.Current ?? "");
        if (!isFull || _written.Position != _synced.Position)
        {
            return;
        }

        try
        {
            ActiveSegment next = NewSegment();
            _segment.File.Dispose();
            _segment = next;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Fail(error);
        }
    }

    private void SyncNow()
    {
        if (_segment is null || _written.Position == _synced.Position)
        {
            return;
        }

        long began = _time.GetTimestamp();
        try
        {
            DurableFile.SyncData(_segment.File.Handle);
            Synced(_written, began);
        }
        catch (IOException error)
        {
            Fail(error);
        }
    }

    private ActiveSegment NewSegment()
    {
        LogKeys? keys = _keys;
        var header = new SegmentHeader
        {
            First = _synced.Sequence + 1,
            Made = _time.GetUtcNow().ToUnixTimeMilliseconds(),
            Rewrites = _rewrites,
            Key = keys?.Current ?? "",
            Salt = RandomNumberGenerator.GetBytes(SegmentHeader.SaltSize),
        };
        ActiveSegment segment = ActiveSegment.Create(_folder, header);
        _sealer.Begin(header, keys);
        return segment;
    }

    private void Fail(Exception error)
    {
        Error = error.Message;
        Volatile.Write(ref _failingSince, _isFailing ? _failingSince : _time.GetTimestamp());
        _isFailing = true;
        Counters.Failures++;
        if (_segment is { } segment)
        {
            bool isEmpty = segment.Header.First > _synced.Sequence;
            segment.File.Abandon(isEmpty);
            _rewrites = !isEmpty || segment.Header.Rewrites;
            _segment = null;
        }

        _written = _synced;
        if (LogReserve.IsFull(error))
        {
            _reserve.Free();
        }
    }
}
