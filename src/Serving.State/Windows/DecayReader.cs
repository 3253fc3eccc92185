using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// Answers the decaying calls that see all events: tiles and records in order of time, summed by tiles of the window's
/// step. Reused; not safe for use by several threads.
/// </summary>
internal sealed class DecayReader(LogCodec codec, ReadingPlan plan)
{
    private readonly PlannedReading[] _readings = [.. plan.Decays];
    private readonly int _columns = codec.Layout.Columns.Length;
    private int[] _places = [];
    private int[] _spare = [];

    // Time of each item: tiles first, then records; item i below the number of tiles is tile i.
    private long[] _times = [];

    /// <summary>Writes the values of all decaying calls.</summary>
    [HotPath]
    public void Read(BlobImage image, AcceptedRecords accepted, long requestTime, RowBatch values, int row)
    {
        int tiles = image.Folded.Tiles.Rows;
        int count = tiles + accepted.Count;
        EnsureRoom(count);
        image.Folded.Starts.AsSpan(0, tiles).CopyTo(_times);
        for (int item = 0; item < count; item++)
        {
            _places[item] = item;
            if (item >= tiles)
            {
                _times[item] = image.Records.Times[accepted.Places[item - tiles]];
            }
        }

        IndexSort.Sort(_places.AsSpan(0, count), _spare, new TimeOrder(_times));
        foreach (ref readonly PlannedReading planned in _readings.AsSpan())
        {
            double value = Decay(planned, image, accepted, count, requestTime);
            values.SetFloat(row, planned.Slot, value);
        }
    }

    private double Decay(
        in PlannedReading planned, BlobImage image, AcceptedRecords accepted, int count, long requestTime)
    {
        WindowBounds bounds = planned.Reading.Bounds;
        long lower = bounds.Lower(requestTime);
        long upper = bounds.Upper(requestTime);
        TallyBoard tiles = image.Folded.Tiles;
        DecayTotal total = new(planned, requestTime);
        foreach (int item in _places.AsSpan(0, count))
        {
            long time = _times[item];
            if (time < lower || time >= upper)
            {
                continue;
            }

            if (item < tiles.Rows)
            {
                ref readonly Tally tally = ref tiles.At(item, planned.Reading.Measure);
                if (tally.Count > 0)
                {
                    total.Add(time, tally.Sum, tally.Count);
                }

                continue;
            }

            int record = accepted.Places[item - tiles.Rows];
            if (TryUnits(planned.Measure, image.Records, record, out Int128 units))
            {
                total.Add(time, units, 1);
            }
        }

        return total.Finish();
    }

    private bool TryUnits(in MeasurePlan measure, RecordSet records, int record, out Int128 units)
    {
        int slots = record * _columns;
        units = 0;
        if (measure.Where >= 0 && records.Slots[slots + measure.Where] == 0)
        {
            return false;
        }

        if (measure.Argument < 0)
        {
            return true;
        }

        long value = records.Slots[slots + measure.Argument];
        units = measure.Kind == ValueKind.Float ? FloatUnits.Millionths(value, out _) : value;
        return records.Present[slots + measure.Argument];
    }

    private void EnsureRoom(int count)
    {
        if (_places.Length < count)
        {
            _places = new int[Math.Max(count, _places.Length * 2)];
            _spare = new int[_places.Length];
            _times = new long[_places.Length];
        }
    }
}
