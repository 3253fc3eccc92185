using System.Buffers.Binary;
using Serving.Data;
using Serving.Data.Durability;
using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;
using Serving.State;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// The prediction log of a server: every answer with what it was made of, in a folder of segments
/// (docs/prediction-log.md). Request threads copy their record into a ring of fixed size and go on, or in strict mode
/// wait until it is on the disk. Safe for use by several threads.
/// </summary>
public sealed class PredictionLog : ICompactionListener, IDisposable
{
    // Relaxed promises at most 100 ms at risk; a disk that takes nothing for so long ends it.
    private static readonly TimeSpan s_failingMax = TimeSpan.FromMilliseconds(80);

    // Late answers are looked for every 5 ms, and the refusal has to be sent.
    private static readonly TimeSpan s_beforeDeadline = TimeSpan.FromMilliseconds(8);

    [ThreadStatic]
    private static LogBytes? t_frame;

    private readonly LogOptions _options;
    private readonly TimeProvider _time;
    private readonly FolderHold _hold;
    private readonly LogRing _ring;
    private readonly LogSources _sources;
    private readonly LogReserve _reserve;
    private readonly LogWriter _writer;
    private readonly LogCare _care;
    private long _lost;
    private long _lostNoted;
    private volatile bool _isClosed;

    private PredictionLog(string folder, LogOptions options, TimeProvider time, FolderHold hold, ulong last)
    {
        _options = options;
        _time = time;
        _hold = hold;
        _ring = new LogRing(options.BufferBytes);
        _sources = new LogSources(options);
        _reserve = new LogReserve(folder, options.ReserveBytes);
        _reserve.Ensure();
        _writer = new LogWriter(folder, options, time, _ring, _sources, _reserve, last);
        _care = new LogCare(folder, options, time, _writer, _reserve);
        _writer.Start();
        _care.Start();
    }

    /// <summary>Whether an answer waits until its record is on the disk.</summary>
    public bool IsStrict => _options.IsStrict;

    /// <summary>Whether it has a key, without which nothing can be masked.</summary>
    public bool HasKey => _writer.Keys is not null;

    /// <summary>
    /// Takes other keys over: the last of them writes as soon as what was written before is on the disk. For a log that
    /// was opened with keys.
    /// </summary>
    public void UseKeys(LogKeys keys) => _writer.Keys = keys;

    /// <summary>Whether the server calls itself: what only reads is not logged then.</summary>
    public bool IsWarming { get; set; }

    /// <summary>Why answers are refused, or lost, now; empty when the log takes records.</summary>
    public string WhyNot => TakesNothing ? _writer.Error ?? "the disk is full" : "";

    /// <summary>Whether requests are refused now, before their state is read.</summary>
    public bool IsRefusing => TakesNothing && !(_options.CountsWhenFull && !_options.IsStrict);

    /// <summary>What is known of it.</summary>
    public LogStatus Status
    {
        get
        {
            LogCounters counters = _writer.Counters;
            return new LogStatus
            {
                IsRefusing = TakesNothing,
                Error = _writer.Error,
                Records = counters.Records,
                Bytes = counters.Bytes,
                FolderBytes = _care.FolderBytes,
                Lost = Interlocked.Read(ref _lost),
                Failures = counters.Failures,
                Slow = counters.Slow,
                Syncs = counters.Syncs,
                LastSyncUs = counters.LastSyncUs,
                WaitingBytes = _ring.BytesHeld,
                Segments = _care.Segments,
                Dropped = _care.Dropped,
                IsNearRetention = _care.IsNearRetention,
            };
        }
    }

    // Full: the reserve was given up. Failing: nothing could be written for so long that more would be at risk.
    private bool TakesNothing => _reserve.IsFreed || _isClosed || _writer.HasFailedFor(s_failingMax);

    /// <summary>Opens a folder, or makes it: recovers what a kill left, begins a new segment.</summary>
    /// <exception cref="LogHeldException">Another process holds the folder.</exception>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static PredictionLog Open(string folder, LogOptions options, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        FolderHold? hold = LogHold.Take(folder);
        try
        {
            var log = new PredictionLog(folder, options, time, hold, LogRecovery.Run(folder));
            hold = null;
            return log;
        }
        finally
        {
            hold?.Dispose();
        }
    }

    /// <summary>Notes the start of a server on a store.</summary>
    /// <param name="server">Name of the server.</param>
    /// <param name="isClean">Whether the store was closed properly before.</param>
    public void RecordStart(string server, bool isClean)
    {
        LogBytes frame = BeginFrame(LogFrameKind.Started);
        frame.WriteByte(isClean ? (byte)1 : (byte)0);
        frame.WriteText(server);
        Append(frame, out _);
    }

    /// <inheritdoc/>
    public void OnCompacted(in StateKey key, uint epoch, int records, int read)
    {
        LogBytes frame = BeginFrame(LogFrameKind.Compacted);
        frame.WriteUInt32(key.Set);
        frame.WriteInt64((long)key.Digest);
        frame.WriteUInt32(epoch);
        frame.WriteUInt32((uint)records);
        frame.WriteUInt32((uint)read);
        Append(frame, out _);
    }

    /// <summary>
    /// Takes the records of a scored request and says in the context what became of them. Waiting: the answer is to be
    /// sent when <see cref="WaitAsync(ScoringContext)"/> says so. Allocates nothing after warm-up.
    /// </summary>
    [HotPath]
    internal void Append(ScoringContext context)
    {
        if (IsWarming && context.ScoreOnly)
        {
            return;
        }

        if (TakesNothing)
        {
            context.Log = Lose(context.Rows.RowCount);
            return;
        }

        LogSource source = _sources.Of(context);
        LogBytes frame = t_frame ??= new LogBytes();
        long at = _time.GetUtcNow().ToUnixTimeMilliseconds();
        context.Log = _options.IsStrict ? LogOutcome.Waiting : LogOutcome.Relaxed;
        for (int row = 0; row < context.Rows.RowCount; row++)
        {
            AnswerFrame.Write(frame, context, row, source, at, _options.HashesFeatures);
            if (!Append(frame, out long position))
            {
                context.Log = Lose(context.Rows.RowCount - row);
                return;
            }

            context.LogPosition = position;
        }
    }

    /// <summary>Waits until a context's records are on the disk, at most as long as its answer may.</summary>
    internal ValueTask<LogOutcome> WaitAsync(ScoringContext context)
    {
        context.LogTicket ??= new LogTicket();
        return WaitAsync(context.LogTicket, context.LogPosition, context.DeadlineAt);
    }

    /// <summary>Takes ingested events. False where the log does not have them, in strict mode on the disk.</summary>
    internal async ValueTask<bool> AppendAsync(IngestContext context)
    {
        LogSource source = _sources.Of(context.Target);
        long position = 0;
        for (int row = 0; row < context.Rows.RowCount; row++)
        {
            LogBytes frame = BeginFrame(LogFrameKind.Ingest);
            IngestFrame.Write(frame, context, row, source);
            if (!Append(frame, out position))
            {
                return Lose(context.Rows.RowCount - row) == LogOutcome.Lost;
            }
        }

        return !_options.IsStrict
            || await WaitAsync(new LogTicket(), position, deadline: 0) is LogOutcome.Durable or LogOutcome.Relaxed;
    }

    /// <summary>Writes what is left, where the disk lets it, and gives the folder back.</summary>
    public void Dispose()
    {
        if (_isClosed)
        {
            return;
        }

        // The number of lost answers finds its place once the ring has room.
        _writer.Flush();
        NoteLoss();
        _isClosed = true;
        _care.Dispose();
        _writer.Dispose();
        _reserve.Free();
        _hold.Dispose();
    }

    private ValueTask<LogOutcome> WaitAsync(LogTicket ticket, long position, long deadline)
    {
        long until = _time.GetTimestamp() + (long)(_options.Patience.TotalSeconds * _time.TimestampFrequency);
        long latest = deadline - (long)(s_beforeDeadline.TotalSeconds * _time.TimestampFrequency);
        until = deadline == 0 ? until : Math.Min(until, latest);
        ValueTask<LogOutcome> waiting = _writer.Waiters.Add(ticket, position, until);
        if (_writer.IsDurable(position))
        {
            _writer.Waiters.AnswerUpTo(position, LogOutcome.Durable);
        }

        _writer.Wake();
        return waiting;
    }

    [HotPath]
    private bool Append(LogBytes frame, out long position)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame.Written, frame.Length);
        bool isTaken = _ring.TryAppend(frame.Written, out position);
        if (_options.IsStrict || _ring.IsHalfFull)
        {
            _writer.Wake();
        }

        if (isTaken && Volatile.Read(ref _lost) != Volatile.Read(ref _lostNoted))
        {
            NoteLoss();
        }

        return isTaken;
    }

    private LogBytes BeginFrame(LogFrameKind kind)
    {
        LogBytes frame = t_frame ??= new LogBytes();
        frame.Clear();
        LogFrame.Begin(
            frame.Append(LogFrame.HeaderSize), kind, _time.GetUtcNow().ToUnixTimeMilliseconds());
        return frame;
    }

    private LogOutcome Lose(int answers)
    {
        if (_options.IsStrict || !_options.CountsWhenFull)
        {
            return LogOutcome.Refused;
        }

        Interlocked.Add(ref _lost, answers);
        return LogOutcome.Lost;
    }

    // How many answers have no record stands in the log itself as soon as it takes records again.
    private void NoteLoss()
    {
        long lost = Interlocked.Read(ref _lost);
        long noted = Interlocked.Exchange(ref _lostNoted, lost);
        if (lost == noted)
        {
            return;
        }

        LogBytes frame = BeginFrame(LogFrameKind.Lost);
        frame.WriteInt64(lost - noted);
        BinaryPrimitives.WriteInt32LittleEndian(frame.Written, frame.Length);
        if (!_ring.TryAppend(frame.Written, out _))
        {
            Interlocked.CompareExchange(ref _lostNoted, noted, lost);
        }
    }
}
