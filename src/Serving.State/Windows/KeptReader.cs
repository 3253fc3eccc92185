using System.Collections.Immutable;
using System.Globalization;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// Answers the calls that see the latest events alone: <c>distinct</c>, and calls whose <c>where</c> reads the request
/// (R33). The window's <c>where</c> chooses the events of which the latest are kept; the call's own <c>where</c> and
/// the presence of the argument are judged among those. Reused; not safe for use by several threads.
/// </summary>
internal sealed class KeptReader
{
    private readonly PlannedReading[] _readings;
    private readonly ImmutableArray<KeptGroup> _groups;
    private readonly ImmutableArray<MeasurePlan> _measures;
    private readonly ImmutableArray<ColumnLayout> _columns;
    private readonly ImmutableArray<IRecordCondition> _conditions;
    private readonly bool[] _needsRows;
    private readonly RowBatch _rows;
    private readonly bool _hasLists;
    private int[] _events = [];
    private int[] _spare = [];
    private int[] _kept = [];
    private int[] _chosen = [];
    private bool[] _holds = [];
    private long _saturatedSums;

    public KeptReader(LogCodec codec, ReadingPlan plan, ImmutableArray<IRecordCondition> conditions)
    {
        _readings = [.. plan.Kept];
        _groups = plan.KeptGroups;
        _measures = codec.Measures;
        _columns = codec.Layout.Columns;
        _conditions = conditions;
        _needsRows = new bool[_groups.Length];
        foreach (PlannedReading planned in _readings)
        {
            _needsRows[planned.Group] |= planned.Reading.Condition >= 0;
        }

        _rows = new RowBatch(SchemaOf(codec.Log));
        _hasLists = _columns.Any(column => column.Form == ColumnForm.List);
    }

    /// <summary>Floats that were clamped on their way into a sum since the reader was made.</summary>
    public long ClampedFloats { get; private set; }

    /// <summary>The schema of the rows that conditions see: the log's columns, named by their places.</summary>
    public static RowSchema SchemaOf(KeyedLog log) => new(
        log.Event.Schema.Name,
        [.. log.Columns.Select((column, place) =>
            new Field(place.ToString(CultureInfo.InvariantCulture), column.Type))]);

    /// <summary>Sums that were saturated since the last call.</summary>
    public long TakeSaturatedSums()
    {
        long sums = _saturatedSums;
        _saturatedSums = 0;
        return sums;
    }

    /// <summary>Writes the values of all calls that see kept events.</summary>
    [HotPath]
    public void Read(BlobImage image, AcceptedRecords accepted, in RequestRow request, RowBatch values, int row)
    {
        int events = image.FirstRaw + accepted.Count;
        EnsureRoom(events);
        for (int record = 0; record < image.FirstRaw; record++)
        {
            _events[record] = record;
        }

        accepted.Places.CopyTo(_events.AsSpan(image.FirstRaw));
        IndexSort.Sort(_events.AsSpan(0, events), _spare, new EventOrder(image.Records));
        for (int group = 0; group < _groups.Length; group++)
        {
            ReadOnlySpan<int> kept = Keep(_groups[group], image.Records, events, request.Time);
            if (_needsRows[group])
            {
                FillRows(image.Records, kept);
            }

            foreach (ref readonly PlannedReading planned in _readings.AsSpan())
            {
                if (planned.Group == group)
                {
                    Answer(planned, image.Records, kept, request, values, row);
                }
            }
        }
    }

    private ReadOnlySpan<int> Keep(in KeptGroup group, RecordSet records, int events, long requestTime)
    {
        long lower = group.Bounds.Lower(requestTime);
        long upper = group.Bounds.Upper(requestTime);
        int start = events;
        for (int index = events - 1; index >= 0 && events - start < group.Keep; index--)
        {
            int record = _events[index];
            long time = records.Times[record];
            if (time < lower)
            {
                break;
            }

            bool passes = group.Where < 0 || records.Slots[(record * _columns.Length) + group.Where] != 0;
            if (time < upper && passes)
            {
                _kept[--start] = record;
            }
        }

        return _kept.AsSpan(start, events - start);
    }

    private void FillRows(RecordSet records, ReadOnlySpan<int> kept)
    {
        _rows.Clear();
        if (!_hasLists)
        {
            // Strings stay where they are, in the blob.
            int columns = _columns.Length;
            _rows.ShareText(records.Bytes, records.Length);
            foreach (int record in kept)
            {
                _rows.AddRow(
                    records.Slots.AsSpan(record * columns, columns), records.Present.AsSpan(record * columns, columns));
            }

            return;
        }

        foreach (int record in kept)
        {
            int row = _rows.AddRow();
            for (int column = 0; column < _columns.Length; column++)
            {
                int slot = (record * _columns.Length) + column;
                if (records.Present[slot])
                {
                    records.CopyTo(_rows, row, column, _columns[column], records.Slots[slot]);
                }
            }
        }
    }

    private void Answer(
        in PlannedReading planned, RecordSet records, ReadOnlySpan<int> kept, in RequestRow request,
        RowBatch values, int row)
    {
        WindowReading reading = planned.Reading;
        Span<bool> holds = _holds.AsSpan(0, kept.Length);
        holds.Fill(true);
        if (reading.Condition >= 0)
        {
            _conditions[reading.Condition].Evaluate(_rows, request.Rows, request.Row, holds);
        }

        int whole = 0;
        int count = 0;
        for (int index = 0; index < kept.Length; index++)
        {
            int slots = kept[index] * _columns.Length;
            if (!holds[index] || !IsTrue(records, slots, reading.Where))
            {
                continue;
            }

            whole += reading.Whole >= 0 && IsCounted(records, slots, _measures[reading.Whole]) ? 1 : 0;
            if (IsCounted(records, slots, planned.Measure))
            {
                _chosen[count++] = kept[index];
            }
        }

        Span<int> chosen = _chosen.AsSpan(0, count);
        if (reading.Function == WindowFunction.Share)
        {
            ValueWriter.WriteShare(values, row, reading.Slot, count, whole);
        }
        else if (reading.Function == WindowFunction.Distinct)
        {
            values.Set(row, reading.Slot, CountDistinct(planned, records, chosen));
        }
        else if (planned.IsDecay)
        {
            values.SetFloat(row, reading.Slot, Decay(planned, records, chosen, request.Time));
        }
        else
        {
            AnswerFrom(planned, records, chosen, request.Time, values, row);
        }
    }

    private static bool IsTrue(RecordSet records, int slots, int column) =>
        column < 0 || records.Slots[slots + column] != 0;

    private static bool IsCounted(RecordSet records, int slots, in MeasurePlan measure) =>
        IsTrue(records, slots, measure.Where)
        && (measure.Argument < 0 || records.Present[slots + measure.Argument]);

    private long CountDistinct(in PlannedReading planned, RecordSet records, Span<int> chosen)
    {
        bool isText = planned.Argument.Form is ColumnForm.Text or ColumnForm.List;
        ValueOrder order = new(records, planned.Measure.Argument, _columns.Length, isText);
        IndexSort.Sort(chosen, _spare, order);
        long different = chosen.IsEmpty ? 0 : 1;
        for (int index = 1; index < chosen.Length; index++)
        {
            different += order.Compare(chosen[index - 1], chosen[index]) != 0 ? 1 : 0;
        }

        return different;
    }

    private double Decay(in PlannedReading planned, RecordSet records, ReadOnlySpan<int> chosen, long requestTime)
    {
        DecayTotal total = new(planned, requestTime);
        foreach (int record in chosen)
        {
            total.Add(records.Times[record], UnitsOf(planned, records, record), 1);
        }

        return total.Finish();
    }

    private Int128 UnitsOf(in PlannedReading planned, RecordSet records, int record)
    {
        if (planned.Measure.Argument < 0)
        {
            return 0;
        }

        long value = records.Slots[(record * _columns.Length) + planned.Measure.Argument];
        if (!planned.IsFloat)
        {
            return value;
        }

        Int128 units = FloatUnits.Millionths(value, out bool clamped);
        ClampedFloats += clamped ? 1 : 0;
        return units;
    }

    // The events are in order of (time, id), so that the first and the last of them are what these calls want.
    private void AnswerFrom(
        in PlannedReading planned, RecordSet records, ReadOnlySpan<int> chosen, long requestTime, RowBatch values,
        int row)
    {
        WindowFunction function = planned.Function;
        if (function is WindowFunction.First or WindowFunction.Last or WindowFunction.SecondsSinceLast)
        {
            Pick pick = default;
            if (!chosen.IsEmpty)
            {
                int record = function == WindowFunction.First ? chosen[0] : chosen[^1];
                int argument = planned.Measure.Argument;
                long slot = argument < 0 ? 0 : records.Slots[(record * _columns.Length) + argument];
                pick = new Pick { IsPresent = true, Time = records.Times[record], Slot = slot };
            }

            if (function == WindowFunction.SecondsSinceLast)
            {
                ValueWriter.WriteSeconds(values, row, planned.Slot, pick, requestTime);
            }
            else
            {
                ValueWriter.WritePick(values, row, planned, pick, records);
            }

            return;
        }

        Tally tally = default;
        Wide squares = default;
        foreach (int record in chosen)
        {
            AddTo(ref tally, ref squares, planned, records, record);
        }

        if (function == WindowFunction.Variance)
        {
            ValueWriter.WriteVariance(values, row, planned, tally, squares);
        }
        else
        {
            _saturatedSums += ValueWriter.Write(values, row, planned, tally) ? 1 : 0;
        }
    }

    private void AddTo(ref Tally tally, ref Wide squares, in PlannedReading planned, RecordSet records, int record)
    {
        if (planned.Measure.Argument < 0 || planned.Argument.Form is ColumnForm.Text or ColumnForm.List)
        {
            tally.Count++;
            return;
        }

        long slot = records.Slots[(record * _columns.Length) + planned.Measure.Argument];
        long ordered = planned.IsFloat ? FloatUnits.Ordered(slot) : slot;
        Int128 units = UnitsOf(planned, records, record);
        tally.Add(new Tally { Count = 1, Sum = units, Least = ordered, Greatest = ordered });
        if (planned.Function == WindowFunction.Variance)
        {
            squares = squares.Plus(Wide.Square(units));
        }
    }

    private void EnsureRoom(int events)
    {
        if (_events.Length >= events)
        {
            return;
        }

        int length = Math.Max(events, _events.Length * 2);
        _events = new int[length];
        _spare = new int[length];
        _kept = new int[length];
        _chosen = new int[length];
        _holds = new bool[length];
    }
}
