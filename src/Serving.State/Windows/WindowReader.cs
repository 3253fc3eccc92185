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

    private readonly RepetitionJudge _judge;
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
    private readonly PlainBoard? _board;
    private readonly PlainAnswers? _answers;
    private readonly PlainImageReader? _images;
    private readonly DecayReader? _decays;
    private readonly KeptReader? _kept;
    private long _saturatedSums;

    /// <summary>Makes a reader of a log's blobs.</summary>
    /// <param name="codec">The log's bytes.</param>
    /// <param name="conditions">The conditions that <see cref="WindowReading.Condition"/> names.</param>
    public WindowReader(LogCodec codec, ImmutableArray<IRecordCondition> conditions)
    {
        _plan = new ReadingPlan(codec);
        _image = new BlobImage(codec);
        _accepted = new AcceptedRecords(codec.Log.RepetitionMs);
        _judge = new RepetitionJudge(codec, _image, _accepted);
        _edges = new WindowEdges(_plan.Spans);
        _intervals = new TallyBoard(codec.Measures);
        _groups = [.. _plan.Groups];
        _totals = new Tally[_groups.Length];
        _measureCount = codec.Measures.Length;
        _plain = [.. _plan.Plain];
        _columnCount = codec.Layout.Columns.Length;
        if (_plan.IsPlain)
        {
            var form = new PlainForm(codec, _plan.Spans.Length);
            _pass = new PlainPass(codec);
            _board = new PlainBoard(form);
            _answers = new PlainAnswers(_plan);
            _images = new PlainImageReader(form, _image, _accepted);
        }

        _decays = _plan.Decays.IsEmpty ? null : new DecayReader(codec, _plan);
        _kept = _plan.Kept.IsEmpty ? null : new KeptReader(codec, _plan, conditions);
    }

    /// <summary>Records that were counted or chosen from in the blob last read; not those in tiles.</summary>
    public int RecordsRead { get; private set; }

    /// <summary>Bytes of raw records in the blob last read or judged.</summary>
    public int TailBytes { get; private set; }

    /// <summary>Whether the blob last read or judged is worth a compaction.</summary>
    public bool IsCompactionDue { get; private set; }

    /// <summary>Sums that were saturated to 64 bits since the reader was made.</summary>
    public long SaturatedSums => _saturatedSums + (_images?.SaturatedSums ?? 0);

    /// <summary>
    /// Floats that were clamped on their way into a sum since the reader was made, once for each read.
    /// </summary>
    public long ClampedFloats => _intervals.ClampedFloats + (_kept?.ClampedFloats ?? 0);

    /// <summary>
    /// Writes the values of the log's readings at their slots of a row. An empty blob is an entity without events
    /// (R36). Unless the status is <see cref="ReadStatus.Ok"/>, all of them are missing.
    /// </summary>
    /// <param name="blob">The blob.</param>
    /// <param name="requests">The requests.</param>
    /// <param name="request">Place of the request.</param>
    /// <param name="requestTime">Its time, ms since 1970.</param>
    /// <param name="values">Takes the values.</param>
    /// <param name="valuesRow">Place of the row in it.</param>
    /// <param name="images">Blobs that are kept decoded; null: none are.</param>
    [HotPath]
    public ReadStatus Read(
        ReadOnlySpan<byte> blob, RowBatch requests, int request, long requestTime, RowBatch values, int valuesRow,
        ImagePool? images = null)
    {
        ReadStatus status;
        if (images is not null && _images is not null
            && _images.TryRead(images, blob, _edges, requestTime, values, valuesRow, _answers!, out status))
        {
            RecordsRead = _images.RecordsRead;
            NoteLength(blob.Length, _images.TailBytes);
        }
        else
        {
            status = Sum(blob, requestTime);
            NoteLength(blob.Length, _image.TailBytes);
            if (status == ReadStatus.Ok)
            {
                Answer(requests, request, requestTime, values, valuesRow);
            }
        }

        if (status != ReadStatus.Ok)
        {
            WriteNoKey(values, valuesRow);
        }

        return status;
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
        Repetition found = _judge.Judge(blob, id, known, record);
        NoteLength(blob.Length, _image.TailBytes);
        return found;
    }

    /// <summary>Whether a blob that nobody reads otherwise is worth a compaction; a damaged one is not.</summary>
    [HotPath]
    public bool IsWorthCompacting(ReadOnlySpan<byte> blob)
    {
        bool isSound = _image.LoadHead(blob);
        NoteLength(blob.Length, _image.TailBytes);
        return isSound && IsCompactionDue;
    }

    /// <summary>Writes the values of a request or event without a key: all are missing (R35).</summary>
    public void WriteNoKey(RowBatch values, int valuesRow)
    {
        WriteMissing(_plan.Plain, values, valuesRow);
        WriteMissing(_plan.Decays, values, valuesRow);
        WriteMissing(_plan.Kept, values, valuesRow);
    }

    private void NoteLength(int length, int tail)
    {
        TailBytes = tail;
        IsCompactionDue = LogCompactor.IsWorth(length, tail);
    }

    private static void WriteMissing(ImmutableArray<PlannedReading> readings, RowBatch values, int row)
    {
        foreach (PlannedReading planned in readings)
        {
            values.SetMissing(row, planned.Slot);
        }
    }

    // Finds what the readings see of a blob that is decoded anew, and sums it by intervals.
    private ReadStatus Sum(ReadOnlySpan<byte> blob, long requestTime)
    {
        RecordsRead = 0;
        if (!_image.LoadHead(blob))
        {
            return ReadStatus.Damaged;
        }

        if (requestTime < _image.Folded.ReadableFrom)
        {
            return ReadStatus.TooOld;
        }

        _edges.MoveTo(requestTime);
        if (_pass is not null && TryPass(requestTime))
        {
            return ReadStatus.Ok;
        }

        if (!_image.LoadTail())
        {
            return ReadStatus.Damaged;
        }

        _accepted.Judge(_image, requestTime);
        if (_pass is not null)
        {
            AddPlain();
        }
        else if (_plain.Length > 0)
        {
            AddTiles();
            AddRecords();
        }

        RecordsRead = _image.FirstRaw + _accepted.Count;
        return ReadStatus.Ok;
    }

    private bool TryPass(long requestTime)
    {
        _accepted.Recall(_image.Folded, _image.TailBytes / RecordBytesMin);
        Span<Tally> board = _board!.Begin(_image.Folded, _edges);
        ReadOnlySpan<byte> bytes = _image.Records.Padded;
        long newest = _image.Folded.IdCount == 0 ? long.MinValue : _image.Folded.ReadableFrom;
        if (!_pass!.TryAdd(bytes, _image.TailStart, requestTime, newest, _accepted.Ids, _edges, board))
        {
            return false;
        }

        RecordsRead = (int)_accepted.Ids.Accepted - _image.Folded.IdCount;
        return true;
    }

    // What the one pass cannot read.
    private void AddPlain()
    {
        RecordSet records = _image.Records;
        Span<Tally> board = _board!.Begin(_image.Folded, _edges);
        foreach (int record in _accepted.Places)
        {
            ReadOnlySpan<long> numbers = _columnCount == 0 ? default : records.Slots.AsSpan(record, 1);
            PlainPass.AddDecoded(records.Times.AsSpan(record, 1), numbers, _edges, board);
        }
    }

    private void Answer(RowBatch requests, int request, long requestTime, RowBatch values, int valuesRow)
    {
        if (_answers is not null)
        {
            _saturatedSums += _answers.Write(_board!.Tallies, _edges, values, valuesRow);
            return;
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
            _saturatedSums += _kept.TakeSaturatedSums();
        }
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
                    _saturatedSums++;
                }

                return;
        }
    }
}
