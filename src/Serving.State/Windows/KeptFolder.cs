using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// Chooses the folded records that calls with <c>keep</c> may still see, and writes them as they were. Reused; not safe
/// for use by several threads.
/// </summary>
internal sealed class KeptFolder(LogCodec codec)
{
    private readonly KeptGroup[] _groups = [.. new ReadingPlan(codec).KeptGroups];
    private int[] _events = [];
    private int[] _spare = [];
    private bool[] _needed = [];

    /// <summary>Writes the records, in order of (time, id).</summary>
    public void Write(BlobImage image, ReadOnlySpan<int> folded, long readableFrom, RecordBuffer to)
    {
        if (_groups.Length == 0)
        {
            return;
        }

        int count = image.FirstRaw + folded.Length;
        if (_events.Length < count)
        {
            _events = new int[Math.Max(count, _events.Length * 2)];
            _spare = new int[_events.Length];
            _needed = new bool[_events.Length];
        }

        for (int record = 0; record < image.FirstRaw; record++)
        {
            _events[record] = record;
        }

        Span<int> events = _events.AsSpan(0, count);
        folded.CopyTo(events[image.FirstRaw..]);
        IndexSort.Sort(events, _spare, new EventOrder(image.Records));
        _needed.AsSpan(0, count).Clear();
        foreach (ref readonly KeptGroup group in _groups.AsSpan())
        {
            Mark(group, image.Records, events, readableFrom);
        }

        for (int index = 0; index < count; index++)
        {
            if (_needed[index])
            {
                int record = events[index];
                int start = image.Records.Starts[record];
                to.Write(image.Records.Bytes.AsSpan(start, image.Records.Ends[record] - start));
            }
        }
    }

    // The latest ones below the young edge's place, and as many in every step that the edge still has to pass: whatever
    // comes later can only push events out.
    private void Mark(in KeptGroup group, RecordSet records, ReadOnlySpan<int> events, long readableFrom)
    {
        long lower = group.Bounds.Lower(readableFrom);
        long upper = group.Bounds.Upper(readableFrom);
        long cell = long.MaxValue;
        int taken = 0;
        for (int index = events.Length - 1; index >= 0; index--)
        {
            int record = events[index];
            long time = records.Times[record];
            if (time < lower)
            {
                return;
            }

            int slot = (record * codec.Layout.Columns.Length) + group.Where;
            if (group.Where >= 0 && records.Slots[slot] == 0)
            {
                continue;
            }

            long own = time < upper ? long.MinValue : WindowBounds.FloorTo(time, group.Bounds.HeadStepMs);
            taken = own == cell ? taken + 1 : 1;
            cell = own;
            _needed[index] |= taken <= group.Keep;
        }
    }
}
