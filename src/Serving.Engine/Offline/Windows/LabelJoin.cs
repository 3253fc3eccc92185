using System.Collections.Concurrent;
using System.IO.Hashing;
using Serving.Data;
using Serving.Features;
using Serving.State;
using Serving.State.Windows;

namespace Serving.Engine.Offline.Windows;

/// <summary>
/// The label <c>any(E where c) on f == g within D</c> of request rows (R56): all events are added, then the join is
/// closed, then any thread asks for labels.
/// </summary>
internal sealed class LabelJoin
{
    /// <summary>Ids that a key remembers to find repetitions (R44).</summary>
    private const int RememberedMax = 4096;

    private readonly FeatureScript _script;
    private readonly EventLabel _label;
    private readonly LogCodec _codec;
    private readonly LogProgram _program;
    private readonly FeatureFrame _frame;
    private readonly RowBatch _columns;
    private readonly long _memoryBytesMax;
    private readonly ConcurrentBag<LabelCondition> _conditions = [];

    // Columns of all events where the condition reads the request; empty otherwise.
    private readonly RowBatch _records;
    private LabelEntry[] _entries = new LabelEntry[64];
    private int _count;
    private int _rowCount;

    /// <summary>Makes an empty join.</summary>
    /// <param name="script">A script whose label is one over events.</param>
    /// <param name="memoryBytesMax">Bytes that the events may take.</param>
    public LabelJoin(FeatureScript script, long memoryBytesMax)
    {
        _script = script;
        _label = script.AnyLabel ?? throw new ArgumentException("no label over events", nameof(script));
        _codec = new LogCodec(_label.Log);
        _program = script.CreateLogProgram(_label.Log);
        _frame = _program.CreateFrame();
        _columns = new RowBatch(_program.Columns);
        _records = new RowBatch(_program.Columns);
        _memoryBytesMax = memoryBytesMax;
    }

    private bool ReadsRequest => _label.Log.ConditionCount > 0;

    /// <summary>Adds rows of the event in the order of their file.</summary>
    /// <exception cref="InputException">The events do not fit the memory.</exception>
    public void Add(RowBatch events)
    {
        _program.Evaluate(events, _columns, _frame);
        for (int row = 0; row < events.RowCount; row++)
        {
            if (EventAdmission.Check(_label.Event, events, row) == EventVerdict.Accepted
                && _codec.TryKeyOfEvent(events, row, out StateKey key))
            {
                Add(events, row, key);
            }
        }
    }

    /// <summary>Ends the adding: repetitions and events that the condition excludes are left out.</summary>
    public void Close()
    {
        _entries.AsSpan(0, _count).Sort(default(LabelEntry.Order));
        int kept = 0;
        int start = 0;
        while (start < _count)
        {
            int end = start + 1;
            while (end < _count && _entries[end].Key == _entries[start].Key)
            {
                end++;
            }

            kept = Accept(start, end, kept);
            start = end;
        }

        _count = kept;
    }

    /// <summary>The label of a request. Any thread, behind <see cref="Close"/>.</summary>
    public bool LabelOf(RowBatch requests, int row)
    {
        if (!_codec.TryKeyOfRequest(requests, row, out StateKey key))
        {
            return false;
        }

        long time = requests.Get(row, _script.TimeField);
        long until = time > long.MaxValue - _label.WithinMs ? long.MaxValue : time + _label.WithinMs;
        int first = LowerBound(key, time);
        int end = first;
        while (end < _count && _entries[end].Key == key && _entries[end].Known <= until)
        {
            end++;
        }

        return end > first && (!ReadsRequest || AnyHolds(requests, row, _entries.AsSpan(first, end - first)));
    }

    private void Add(RowBatch events, int row, in StateKey key)
    {
        if (_count == _entries.Length)
        {
            CheckMemory();
            Array.Resize(ref _entries, _count * 2);
        }

        int record = _rowCount++;
        if (ReadsRequest)
        {
            _records.AddRow();
            OfflineRows.CopyFields(_columns, row, _records, record, 0);
        }

        bool holds = _label.Where < 0 || _columns.Get(row, _label.Where) != 0;
        _entries[_count++] = new LabelEntry(key, _label.Event.KnownOf(events, row), record, IdOf(events, row), holds);
    }

    private ulong IdOf(RowBatch events, int row)
    {
        int field = _label.Event.IdField;
        return _label.Event.Schema.Fields[field].Type.Kind == ValueKind.String
            ? XxHash64.HashToUInt64(events.GetText(row, field))
            : (ulong)events.Get(row, field);
    }

    private int Accept(int start, int end, int kept)
    {
        if (end - start == 1)
        {
            _entries[kept] = _entries[start];
            return _entries[start].Holds ? kept + 1 : kept;
        }

        int accepted = 0;

        // The hash of a tuple is seeded by the process, unlike that of a number: chosen ids cannot make it slow.
        var last = new Dictionary<(ulong Id, ulong Key), (long Known, int Place)>();
        for (int index = start; index < end; index++)
        {
            LabelEntry entry = _entries[index];
            bool isRepeated = last.TryGetValue((entry.IdHash, entry.Key.Digest), out (long Known, int Place) before)
                && accepted - before.Place <= RememberedMax
                && (_label.Log.RepetitionMs < 0
                    || (Int128)entry.Known - before.Known <= _label.Log.RepetitionMs);
            if (isRepeated)
            {
                continue;
            }

            last[(entry.IdHash, entry.Key.Digest)] = (entry.Known, accepted++);
            if (entry.Holds)
            {
                _entries[kept++] = entry;
            }
        }

        return kept;
    }

    private bool AnyHolds(RowBatch requests, int row, ReadOnlySpan<LabelEntry> entries)
    {
        if (!_conditions.TryTake(out LabelCondition? condition))
        {
            condition = new LabelCondition(_script.CreateConditions(_label.Log)[0], _program.Columns);
        }

        bool holds = condition.AnyHolds(requests, row, _records, entries);
        _conditions.Add(condition);
        return holds;
    }

    private int LowerBound(in StateKey key, long known)
    {
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            ref readonly LabelEntry entry = ref _entries[middle];
            int order = entry.CompareKey(key);
            bool isBefore = order < 0 || (order == 0 && entry.Known < known);
            (low, high) = isBefore ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void CheckMemory()
    {
        long bytes = (3L * _count * LabelEntry.Size) + (_records.Values.Length * 9L) + _records.Text.Length
            + (_records.Items.Length * 8L);
        if (bytes > _memoryBytesMax)
        {
            throw new InputException(new InputProblem(
                $"the label's event '{_label.Event.Schema.Name}'",
                $"{_count} events that take more than {_memoryBytesMax >> 20} MiB",
                "fewer, since the label looks them up by key",
                "give more with --memory, or leave out events that no request can reach"));
        }
    }
}
