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
    private readonly LogCodec _codec;
    private readonly ReadingPlan _plan;
    private readonly BlobImage _image;
    private readonly AcceptedRecords _accepted;
    private readonly WindowEdges _edges;
    private readonly TallyBoard _intervals;
    private readonly TallyBoard _totals;
    private readonly PlannedReading[] _plain;
    private readonly int _columnCount;
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
        _totals = new TallyBoard(codec.Measures);
        _plain = [.. _plan.Plain];
        _columnCount = codec.Layout.Columns.Length;
        _decays = _plan.Decays.IsEmpty ? null : new DecayReader(codec, _plan);
        _kept = _plan.Kept.IsEmpty ? null : new KeptReader(codec, _plan, conditions);
    }

    /// <summary>Records of the blob last read, repetitions and unknown ones among them; not those in tiles.</summary>
    public int RecordsRead => _image.Records.Count;

    /// <summary>Bytes of raw records in the blob last read.</summary>
    public int TailBytes => _image.TailBytes;

    /// <summary>Whether the blob last read is worth a compaction.</summary>
    public bool IsCompactionDue => LogCompactor.IsWorth(_image.Records.Length, _image.TailBytes);

    /// <summary>Sums that were saturated to 64 bits since the reader was made.</summary>
    public long SaturatedSums { get; private set; }

    /// <summary>Floats that were clamped on their way into a sum since the reader was made, once for each read.</summary>
    public long ClampedFloats => _intervals.ClampedFloats + (_kept?.ClampedFloats ?? 0);

    /// <summary>
    /// Writes the values of the log's readings at their slots of a row. An empty blob is an entity without events
    /// (R36). Unless the status is <see cref="ReadStatus.Ok"/>, all of them are missing.
    /// </summary>
    [HotPath]
    public ReadStatus Read(
        ReadOnlySpan<byte> blob, RowBatch requests, int request, long requestTime, RowBatch values, int valuesRow)
    {
        if (!_image.Load(blob))
        {
            WriteNoKey(values, valuesRow);
            return ReadStatus.Damaged;
        }

        if (requestTime < _image.Folded.ReadableFrom)
        {
            WriteNoKey(values, valuesRow);
            return ReadStatus.TooOld;
        }

        _accepted.Judge(_image, requestTime);
        if (_plain.Length > 0)
        {
            _edges.MoveTo(requestTime);
            Accumulate();
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
    /// Whether an event would be dropped as a repetition (R44) of what a blob holds. A damaged blob knows of none.
    /// </summary>
    public bool IsRepetition(ReadOnlySpan<byte> blob, RowBatch eventRows, int row) =>
        _image.Load(blob)
        && _accepted.Repeats(_image, _codec.IdOf(eventRows, row), _codec.Log.Event.KnownOf(eventRows, row));

    /// <summary>Writes the values of a request or event without a key: all are missing (R35).</summary>
    public void WriteNoKey(RowBatch values, int valuesRow)
    {
        WriteMissing(_plan.Plain, values, valuesRow);
        WriteMissing(_plan.Decays, values, valuesRow);
        WriteMissing(_plan.Kept, values, valuesRow);
    }

    private static void WriteMissing(ImmutableArray<PlannedReading> readings, RowBatch values, int row)
    {
        foreach (PlannedReading planned in readings)
        {
            values.SetMissing(row, planned.Reading.Slot);
        }
    }

    private void Accumulate()
    {
        RecordSet records = _image.Records;
        _intervals.Reset(_edges.Intervals);
        int near = 0;
        TallyBoard tiles = _image.Folded.Tiles;
        for (int tile = 0; tile < tiles.Rows; tile++)
        {
            near = _edges.IntervalOf(_image.Folded.Starts[tile], near);
            _intervals.Merge(near, tiles, tile, records);
        }

        foreach (int record in _accepted.Places)
        {
            near = _edges.IntervalOf(records.Times[record], near);
            _intervals.Add(near, records, record, _columnCount);
        }
    }

    private void Combine()
    {
        ImmutableArray<IntervalGroup> groups = _plan.Groups;
        _totals.Reset(groups.Length);
        for (int group = 0; group < groups.Length; group++)
        {
            IntervalGroup events = groups[group];
            int last = _edges.LastOf(events.Span);
            for (int interval = _edges.FirstOf(events.Span); interval <= last; interval++)
            {
                _totals.MergeMeasure(group, _intervals, interval, events.Measure, _image.Records);
            }
        }
    }

    private void Answer(in PlannedReading planned, long requestTime, RowBatch values, int row)
    {
        WindowReading reading = planned.Reading;
        ref readonly Tally tally = ref _totals.At(planned.Group, reading.Measure);
        switch (reading.Function)
        {
            case WindowFunction.Share:
                long whole = _totals.At(planned.WholeGroup, reading.Whole).Count;
                ValueWriter.WriteShare(values, row, reading.Slot, tally.Count, whole);
                return;
            case WindowFunction.Variance:
                Wide squares = _totals.SquaresAt(planned.Group, reading.Measure);
                ValueWriter.WriteVariance(values, row, planned, tally, squares);
                return;
            case WindowFunction.First:
                Pick first = _totals.FirstAt(planned.Group, reading.Measure);
                ValueWriter.WritePick(values, row, planned, first, _image.Records);
                return;
            case WindowFunction.Last:
                Pick last = _totals.LastAt(planned.Group, reading.Measure);
                ValueWriter.WritePick(values, row, planned, last, _image.Records);
                return;
            case WindowFunction.SecondsSinceLast:
                Pick latest = _totals.LastAt(planned.Group, reading.Measure);
                ValueWriter.WriteSeconds(values, row, reading.Slot, latest, requestTime);
                return;
            default:
                SaturatedSums += ValueWriter.Write(values, row, planned, tally) ? 1 : 0;
                return;
        }
    }
}
