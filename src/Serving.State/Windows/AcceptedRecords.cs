using Serving.Data;

namespace Serving.State.Windows;

/// <summary>
/// The records of a blob that exist for a request: known by then (R51, R52) and no repetition (R43, R44), judged in
/// order of (known, position). Reused; not safe for use by several threads.
/// </summary>
internal sealed class AcceptedRecords(long repetitionMs)
{
    private readonly IdTable _ids = new(repetitionMs);
    private int[] _places = [];
    private int[] _spare = [];

    /// <summary>Number of accepted records.</summary>
    public int Count { get; private set; }

    /// <summary>Their places among the blob's records, by (known, position).</summary>
    public ReadOnlySpan<int> Places => _places.AsSpan(0, Count);

    /// <summary>Judges the raw records of a blob for a request's time.</summary>
    [HotPath]
    public void Judge(BlobImage image, long requestTime)
    {
        RecordSet records = image.Records;
        int raw = records.Count - image.FirstRaw;
        EnsureRoom(raw);
        Recall(image.Folded, raw);
        if (records.IsInOrder)
        {
            ReadOnlySpan<ulong> ids = records.Ids.AsSpan(image.FirstRaw, raw);
            ReadOnlySpan<long> times = records.Knowns.AsSpan(image.FirstRaw, raw);
            Count = _ids.AcceptAll(ids, times, requestTime, image.FirstRaw, _places);
            return;
        }

        long[] knowns = records.Knowns;
        int count = 0;
        Span<int> ordered = Ordered(image);
        foreach (int record in ordered)
        {
            if (knowns[record] > requestTime)
            {
                break;
            }

            if (_ids.Accept(records.Ids[record], knowns[record]))
            {
                ordered[count++] = record;
            }
        }

        Count = count;
    }

    /// <summary>Whether an event that becomes known at a time repeats one that was accepted before it.</summary>
    public bool Repeats(BlobImage image, ulong id, long known)
    {
        Judge(image, known);
        return !_ids.Accept(id, known);
    }

    private void Recall(FoldedPart folded, int raw)
    {
        _ids.Begin(folded.IdCount + raw + 1);
        for (int id = 0; id < folded.IdCount; id++)
        {
            _ids.Accept(folded.Ids[id], folded.IdKnowns[id]);
        }
    }

    private Span<int> Ordered(BlobImage image)
    {
        int raw = image.Records.Count - image.FirstRaw;
        Span<int> places = _places.AsSpan(0, raw);
        for (int index = 0; index < raw; index++)
        {
            places[index] = image.FirstRaw + index;
        }

        IndexSort.Sort(places, _spare, new TimeOrder(image.Records.Knowns));
        return places;
    }

    private void EnsureRoom(int raw)
    {
        if (_places.Length < raw)
        {
            _places = new int[Math.Max(raw, _places.Length * 2)];
            _spare = new int[_places.Length];
        }
    }
}
