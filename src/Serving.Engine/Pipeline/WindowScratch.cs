using Serving.Data;
using Serving.Data.Windows;
using Serving.Features;
using Serving.State;
using Serving.State.Windows;

namespace Serving.Engine.Pipeline;

/// <summary>
/// Buffers of one request's state: what is asked of the store, what it answered, the window values. Not safe for use by
/// several threads; reused, allocates nothing after warm-up.
/// </summary>
internal sealed class WindowScratch
{
    private const int NoAccess = -1;

    private readonly WindowStage _stage;
    private readonly WindowReader[] _readers;
    private readonly RowBatch[] _columns;
    private readonly FeatureFrame[] _frames;
    private readonly RecordBuffer _record = new();

    // Place of each row's access to each log in the batch, [rows, logs], or NoAccess where the row has no key.
    private int[] _accesses = [];

    // Accesses whose blob is worth a compaction.
    private int[] _due = [];
    private int _dueCount;

    // Accesses whose blob's content is damaged.
    private int[] _damaged = [];
    private int _damagedCount;

    // Accesses of the version's own logs; those of other versions' come behind.
    private int _ownCount;

    // Ids of the rows that learn, as records hold them.
    private ulong[] _ids = [];

    // Rows by time, so that rows of one batch that share a key see each other by the rules of section 3.5: no row can
    // see a later one, and the reader passes over those that were not known yet.
    private long[] _times = [];
    private int[] _order = [];

    /// <summary>Makes the buffers of a stage.</summary>
    public WindowScratch(WindowStage stage)
    {
        _stage = stage;
        _readers = [.. stage.Logs.Select(log => new WindowReader(log.Codec, stage.ConditionsOf(log.Log)))];
        _columns = [.. stage.Logs.Select(log => new RowBatch(log.Program.Columns))];
        _frames = [.. stage.Logs.Select(log => log.Program.CreateFrame())];
        Values = new WindowValues(stage.Plan);
    }

    /// <summary>The accesses to the store.</summary>
    public StateBatch Batch { get; } = new();

    /// <summary>Window values of the rows.</summary>
    public WindowValues Values { get; }

    /// <summary>What became of the rows as events; complete behind <see cref="Read"/>.</summary>
    public EventCounts Counts { get; private set; }

    /// <summary>Forgets the request before.</summary>
    public void Clear()
    {
        Batch.Clear();
        Counts = default;
    }

    /// <summary>Place of a row's access to a log in <see cref="Batch"/>; -1 where the row has no key.</summary>
    public int AccessOf(int row, int log) => _accesses[(row * _readers.Length) + log];

    /// <summary>Notes what the rows read and, unless they only score, append.</summary>
    [HotPath]
    public void Ask(RowBatch rows, bool appends)
    {
        Clear();
        Reserve(rows.RowCount);
        SortByTime(rows);
        for (int log = 0; log < _readers.Length; log++)
        {
            if (appends && _stage.Logs[log].IsOfRequest)
            {
                _stage.Logs[log].Program.Evaluate(rows, _columns[log], _frames[log]);
            }
        }

        int late = 0;
        for (int place = 0; place < rows.RowCount; place++)
        {
            int row = _order[place];
            EventVerdict verdict = EventAdmission.Check(_stage.Request, rows, row);
            bool isLearned = appends && verdict == EventVerdict.Accepted;
            late += appends && verdict == EventVerdict.Late ? 1 : 0;
            for (int log = 0; log < _readers.Length; log++)
            {
                Ask(rows, row, log, isLearned);
            }
        }

        _ownCount = Batch.Count;
        Counts = new EventCounts { Late = late };
    }

    /// <summary>
    /// Turns what the store answered into window values. Returns the number of rows whose state is missing (R101).
    /// </summary>
    [HotPath]
    public int Read(RowBatch rows)
    {
        Values.Clear();
        _dueCount = 0;
        _damagedCount = 0;
        int missing = 0;
        for (int row = 0; row < rows.RowCount; row++)
        {
            Values.AddRow();
            if (!TryRead(rows, row, out bool mayRepeat))
            {
                Values.MarkStateMissing(row);
                missing++;
            }

            if (mayRepeat)
            {
                CountRepetition(rows, row);
            }
        }

        return missing;
    }

    /// <summary>Whether an entity of the request gets more events than its bound allows.</summary>
    [HotPath]
    public bool HasTooMany()
    {
        foreach (ref readonly StateAccess access in Batch.Accesses[.._ownCount])
        {
            if (access.Outcome == StateOutcome.TooMany)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Has blobs with a long tail folded; called behind the answer.</summary>
    [HotPath]
    public void RequestCompactions(IWindowStore store)
    {
        for (int due = 0; due < _dueCount; due++)
        {
            ref readonly StateAccess access = ref Batch.Accesses[_due[due]];
            store.RequestCompaction(access.Key, access.Schema);
        }
    }

    /// <summary>Tells the store of blobs whose content is damaged; called behind the answer.</summary>
    [HotPath]
    public void ReportDamage(IWindowStore store)
    {
        for (int place = 0; place < _damagedCount; place++)
        {
            store.ReportDamage(Batch.Accesses[_damaged[place]].Key, Batch.StateOf(_damaged[place]));
        }
    }

    [HotPath]
    private void Ask(RowBatch rows, int row, int log, bool isLearned)
    {
        WindowLog window = _stage.Logs[log];
        ref int access = ref _accesses[(row * _readers.Length) + log];
        if (!window.Codec.TryKeyOfRequest(rows, row, out StateKey key))
        {
            access = NoAccess;
            return;
        }

        _record.Clear();
        if (isLearned && window.IsOfRequest)
        {
            window.Codec.WriteRecord(rows, row, _columns[log], row, _record);
            _ids[row] = window.Codec.IdOf(rows, row);
        }

        access = Batch.Add(key, window.Codec.Schema, window.Codec.LifetimeMs, _record.Written);
    }

    [HotPath]
    private bool TryRead(RowBatch rows, int row, out bool mayRepeat)
    {
        mayRepeat = false;
        long time = rows.Get(row, _stage.Request.TimeField);
        for (int log = 0; log < _readers.Length; log++)
        {
            int access = _accesses[(row * _readers.Length) + log];
            if (access == NoAccess)
            {
                _readers[log].WriteNoKey(Values.Rows, row);
                continue;
            }

            ref readonly StateAccess asked = ref Batch.Accesses[access];
            ReadOnlySpan<byte> blob = Batch.StateOf(access);
            bool isOwn = asked.Outcome == StateOutcome.Read
                && (blob.IsEmpty || BlobHeader.Fits(blob, asked.Schema, asked.Key.Check));
            ReadStatus status = isOwn
                ? _readers[log].Read(blob, rows, row, time, Values.Rows, row, Batch.Images)
                : ReadStatus.TooOld;
            if (status == ReadStatus.Damaged)
            {
                _damaged[_damagedCount++] = access;
            }

            if (status != ReadStatus.Ok)
            {
                Counts = Counts with { Behind = Counts.Behind + (isOwn && status == ReadStatus.TooOld ? 1 : 0) };
                return false;
            }

            if (asked.RecordLength > 0 && _readers[log].IsCompactionDue)
            {
                _due[_dueCount++] = access;
            }

            mayRepeat |= asked.RecordLength > 0 && WindowReader.MayHold(blob, _ids[row]);
        }

        return true;
    }

    // Rare: the bytes of the row's id stand in a blob. A row under whose keys the id was partly there and partly not
    // names other keys than the first.
    private void CountRepetition(RowBatch rows, int row)
    {
        long known = _stage.Request.KnownOf(rows, row);
        bool isRepeated = false;
        bool isConflict = false;
        bool isFresh = false;
        for (int log = 0; log < _readers.Length; log++)
        {
            int access = AccessOf(row, log);
            if (access == NoAccess || Batch.Accesses[access] is not { RecordLength: > 0, Outcome: StateOutcome.Read })
            {
                continue;
            }

            Repetition found = _readers[log].Judge(Batch.StateOf(access), _ids[row], known, Batch.RecordOf(access));
            isRepeated |= found >= Repetition.Same;
            isConflict |= found == Repetition.Conflict;
            isFresh |= found == Repetition.None;
        }

        if (isRepeated)
        {
            Counts = Counts with
            {
                Repeated = Counts.Repeated + 1,
                Conflicting = Counts.Conflicting + (isConflict || isFresh ? 1 : 0),
            };
        }
    }

    private void Reserve(int rowCount)
    {
        if (_order.Length < rowCount)
        {
            int length = Math.Max(rowCount, _order.Length * 2);
            _order = new int[length];
            _times = new long[length];
            _ids = new ulong[length];
            _accesses = new int[length * _readers.Length];
            _due = new int[length * _readers.Length];
            _damaged = new int[length];
        }
    }

    [HotPath]
    private void SortByTime(RowBatch rows)
    {
        int time = _stage.Request.TimeField;
        bool isSorted = true;
        for (int row = 0; row < rows.RowCount; row++)
        {
            _order[row] = row;
            _times[row] = rows.Get(row, time);
            isSorted &= row == 0 || _times[row] >= _times[row - 1];
        }

        if (!isSorted)
        {
            StableSort(rows.RowCount);
        }
    }

    // Rows of equal time keep their order: the first of a repeated id is the one that counts.
    private void StableSort(int count)
    {
        _times.AsSpan(0, count).Sort(_order.AsSpan(0, count));
        int start = 0;
        for (int end = 1; end <= count; end++)
        {
            if (end == count || _times[end] != _times[start])
            {
                _order.AsSpan(start, end - start).Sort();
                start = end;
            }
        }
    }
}
