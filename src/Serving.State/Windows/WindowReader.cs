using System.Buffers.Binary;
using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// Turns the blob of an entity into the window values of a request, exactly by the rules of the feature language
/// (R32 to R52). Allocates nothing after warm-up, but for variances beyond 128 bits. Not safe for use by several
/// threads: each has its own, with conditions of its own.
/// </summary>
public sealed class WindowReader
{
    private const int RecordBytesMin = ShortRecord.HeadBytes + ShortRecord.FixedBytes;

    private readonly LogCodec _codec;
    private readonly ReadingPlan _plan;
    private readonly BlobImage _image;
    private readonly AcceptedRecords _accepted;
    private readonly WindowEdges _edges;
    private readonly TallyBoard _intervals;
    private readonly Tally[] _totals;
    private readonly IntervalGroup[] _groups;
    private readonly int _measureCount;
    private readonly PlannedReading[] _plain;
    private readonly int _columnCount;
    private readonly PlainPass? _pass;
    private readonly DecayReader? _decays;
    private readonly KeptReader? _kept;

    /// <summary>Makes a reader of a log's blobs.</summary>
    /// <param name="codec">The log's bytes.</param>
    /// <param name="conditions">The conditions that <see cref="WindowReading.Condition"/> names.</param>
    public WindowReader(LogCodec codec, ImmutableArray<IRecordCondition> conditions)
    {
        _codec = codec;
        _plan = new ReadingPlan(codec);
        _image = new BlobImage(codec);
        _accepted = new AcceptedRecords(codec.Log.RepetitionMs);
        _edges = new WindowEdges(_plan.Spans);
        _intervals = new TallyBoard(codec.Measures);
        _groups = [.. _plan.Groups];
        _totals = new Tally[_groups.Length];
        _measureCount = codec.Measures.Length;
        _plain = [.. _plan.Plain];
        _columnCount = codec.Layout.Columns.Length;
        _pass = PlainPass.Fits(codec, _plan) ? new PlainPass(codec) : null;
        _decays = _plan.Decays.IsEmpty ? null : new DecayReader(codec, _plan);
        _kept = _plan.Kept.IsEmpty ? null : new KeptReader(codec, _plan, conditions);
    }

    /// <summary>Records that were counted or chosen from in the blob last read; not those in tiles.</summary>
    public int RecordsRead { get; private set; }

    /// <summary>Bytes of raw records in the blob last read.</summary>
    public int TailBytes => _image.TailBytes;

    /// <summary>Whether the blob last read is worth a compaction.</summary>
    public bool IsCompactionDue => LogCompactor.IsWorth(_image.Records.Length, _image.TailBytes);

    /// <summary>Sums that were saturated to 64 bits since the reader was made.</summary>
    public long SaturatedSums { get; private set; }

    /// <summary>
    /// Floats that were clamped on their way into a sum since the reader was made, once for each read.
    /// </summary>
    public long ClampedFloats => _intervals.ClampedFloats + (_kept?.ClampedFloats ?? 0);

    /// <summary>
    /// Writes the values of the log's readings at their slots of a row. An empty blob is an entity without events
    /// (R36). Unless the status is <see cref="ReadStatus.Ok"/>, all of them are missing.
    /// </summary>
    [HotPath]
    public ReadStatus Read(
        ReadOnlySpan<byte> blob, RowBatch requests, int request, long requestTime, RowBatch values, int valuesRow)
    {
        if (!_image.LoadHead(blob))
        {
            WriteNoKey(values, valuesRow);
            return ReadStatus.Damaged;
        }

        if (requestTime < _image.Folded.ReadableFrom)
        {
            WriteNoKey(values, valuesRow);
            return ReadStatus.TooOld;
        }

        _edges.MoveTo(requestTime);
        if (!TryPass(requestTime))
        {
            if (!_image.LoadTail())
            {
                WriteNoKey(values, valuesRow);
                return ReadStatus.Damaged;
            }

            _accepted.Judge(_image, requestTime);
            AddTiles();
            AddRecords();
            RecordsRead = _image.FirstRaw + _accepted.Count;
        }

        if (_plain.Length > 0)
        {
            Combine();
            foreach (ref readonly PlannedReading planned in _plain.AsSpan())
            {
                Answer(planned, requestTime, values, valuesRow);
            }
        }

        _decays?.Read(_image, _accepted, requestTime, values, valuesRow);
        if (_kept is not null)
        {
            _kept.Read(_image, _accepted, new RequestRow(requests, request, requestTime), values, valuesRow);
            SaturatedSums += _kept.TakeSaturatedSums();
        }

        return ReadStatus.Ok;
    }

    /// <summary>
    /// Whether a blob may hold an id: false is sure. Ids stand in it as they are, so looking for the bytes is enough,
    /// and nearly always the end of it.
    /// </summary>
    [HotPath]
    public static bool MayHold(ReadOnlySpan<byte> blob, ulong id)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, id);
        return blob.IndexOf(bytes) >= 0;
    }

    /// <summary>Whether an event would be dropped as a repetition (R44) of what a blob holds, and of what.</summary>
    /// <param name="blob">The blob before the event.</param>
    /// <param name="id">The event's id (<see cref="LogCodec.IdOf"/>).</param>
    /// <param name="known">When it became known, ms since 1970.</param>
    /// <param name="record">Its record.</param>
    public Repetition Judge(ReadOnlySpan<byte> blob, ulong id, long known, ReadOnlySpan<byte> record)
    {
        if (!_image.LoadHead(blob) || !_image.LoadTail())
        {
            return Repetition.Unknown;
        }

        bool isRepeated = _accepted.Repeats(_image, id, known);
        return isRepeated ? (IsSame(id, known, record) ? Repetition.Same : Repetition.Conflict)
            : _accepted.Ids.Accepted > IdTable.Remembered ? Repetition.Unknown
            : Repetition.None;
    }

    /// <summary>Whether a blob that nobody reads otherwise is worth a compaction; a damaged one is not.</summary>
    [HotPath]
    public bool IsWorthCompacting(ReadOnlySpan<byte> blob) => _image.LoadHead(blob) && IsCompactionDue;

    /// <summary>Writes the values of a request or event without a key: all are missing (R35).</summary>
    public void WriteNoKey(RowBatch values, int valuesRow)
    {
        WriteMissing(_plan.Plain, values, valuesRow);
        WriteMissing(_plan.Decays, values, valuesRow);
        WriteMissing(_plan.Kept, values, valuesRow);
    }

    // The first one known is the one that counts. Once it is folded its time is all that is left of it.
    private bool IsSame(ulong id, long known, ReadOnlySpan<byte> record)
    {
        FoldedPart folded = _image.Folded;
        int remembered = folded.Ids.AsSpan(0, folded.IdCount).LastIndexOf(id);
        if (remembered >= 0)
        {
            return folded.IdKnowns[remembered] == known;
        }

        RecordSet records = _image.Records;
        int first = -1;
        for (int place = _image.FirstRaw; place < records.Count; place++)
        {
            bool isFirst = records.Ids[place] == id && _codec.IsWithinReach(records.Knowns[place], known)
                && (first < 0 || records.Knowns[place] < records.Knowns[first]);
            first = isFirst ? place : first;
        }

        return first < 0 || record.SequenceEqual(records.Bytes.AsSpan(records.Starts[first]..records.Ends[first]));
    }

    private static void WriteMissing(ImmutableArray<PlannedReading> readings, RowBatch values, int row)
    {
        foreach (PlannedReading planned in readings)
        {
            values.SetMissing(row, planned.Slot);
        }
    }

    private bool TryPass(long requestTime)
    {
        RecordsRead = 0;
        if (_pass is null)
        {
            return false;
        }

        _accepted.Recall(_image.Folded, _image.TailBytes / RecordBytesMin);
        AddTiles();
        ReadOnlySpan<byte> bytes = _image.Records.Padded;
        long newest = _image.Folded.IdCount == 0 ? long.MinValue : _image.Folded.ReadableFrom;
        if (!_pass.TryAdd(bytes, _image.TailStart, requestTime, newest, _accepted.Ids, _edges, _intervals))
        {
            return false;
        }

        RecordsRead = (int)_accepted.Ids.Accepted - _image.Folded.IdCount;
        return true;
    }

    private void AddTiles()
    {
        _intervals.Reset(_edges.Intervals);
        int near = 0;
        TallyBoard tiles = _image.Folded.Tiles;
        for (int tile = 0; tile < tiles.Rows; tile++)
        {
            near = _edges.IntervalOf(_image.Folded.Starts[tile], near);
            _intervals.Merge(near, tiles, tile, _image.Records);
        }
    }

    private void AddRecords()
    {
        if (_plain.Length == 0)
        {
            return;
        }

        RecordSet records = _image.Records;
        int near = 0;

        // Records come mostly in order of time, so that neighbours share an interval.
        ReadOnlySpan<int> places = _accepted.Places;
        long[] times = records.Times;
        for (int start = 0; start < places.Length;)
        {
            near = _edges.IntervalOf(times[places[start]], near);
            int end = start + 1;
            while (end < places.Length && _edges.IsInside(times[places[end]], near))
            {
                end++;
            }

            _intervals.AddRun(near, records, places[start..end], _columnCount);
            start = end;
        }
    }

    private void Combine()
    {
        ReadOnlySpan<Tally> intervals = _intervals.Tallies;
        for (int group = 0; group < _groups.Length; group++)
        {
            IntervalGroup events = _groups[group];
            int cell = (_edges.FirstOf(events.Span) * _measureCount) + events.Measure;
            int end = (_edges.LastOf(events.Span) + 1) * _measureCount;
            ref Tally total = ref _totals[group];
            total = default;
            for (; cell < end; cell += _measureCount)
            {
                total.Add(intervals[cell]);
            }
        }
    }

    private Wide SquaresOf(in PlannedReading planned)
    {
        IntervalGroup events = _groups[planned.Group];
        Wide squares = default;
        int last = _edges.LastOf(events.Span);
        for (int interval = _edges.FirstOf(events.Span); interval <= last; interval++)
        {
            squares = squares.Plus(_intervals.SquaresAt(interval, events.Measure));
        }

        return squares;
    }

    private Pick PickOf(in PlannedReading planned)
    {
        IntervalGroup events = _groups[planned.Group];
        Pick pick = default;
        bool isFirst = planned.Function == WindowFunction.First;
        int last = _edges.LastOf(events.Span);
        for (int interval = _edges.FirstOf(events.Span); interval <= last; interval++)
        {
            if (isFirst)
            {
                TallyBoard.TakeFirst(ref pick, _intervals.FirstAt(interval, events.Measure), _image.Records);
            }
            else
            {
                TallyBoard.TakeLast(ref pick, _intervals.LastAt(interval, events.Measure), _image.Records);
            }
        }

        return pick;
    }

    private void Answer(in PlannedReading planned, long requestTime, RowBatch values, int row)
    {
        ref readonly Tally tally = ref _totals[planned.Group];
        switch (planned.Function)
        {
            case WindowFunction.Share:
                ValueWriter.WriteShare(values, row, planned.Slot, tally.Count, _totals[planned.WholeGroup].Count);
                return;
            case WindowFunction.Variance:
                ValueWriter.WriteVariance(values, row, planned, tally, SquaresOf(planned));
                return;
            case WindowFunction.First or WindowFunction.Last:
                ValueWriter.WritePick(values, row, planned, PickOf(planned), _image.Records);
                return;
            case WindowFunction.SecondsSinceLast:
                ValueWriter.WriteSeconds(values, row, planned.Slot, PickOf(planned), requestTime);
                return;
            default:
                if (ValueWriter.Write(values, row, planned, tally))
                {
                    SaturatedSums++;
                }

                return;
        }
    }
}
