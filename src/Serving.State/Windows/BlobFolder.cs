using System.Buffers;
using System.Buffers.Binary;

namespace Serving.State.Windows;

/// <summary>
/// Makes the replacement of one blob. Reused; not safe for use by several threads.
/// </summary>
/// <remarks>
/// What is folded is a beginning of the raw records in order of (known, position): those known at least the margin
/// before the newest, up to the first whose event time is not behind that point too (an event may lie 5 s ahead of its
/// known time). A declared lag is added to the margin: such an event may be here as early as its own time, and then its
/// known time says nothing about where requests are. So no request that can still be answered could tell a folded
/// record from one in a tile, by its known time or by the request's own time as the young edge.
/// </remarks>
internal sealed class BlobFolder(LogCodec codec, long marginMs, bool isOrdered)
{
    private readonly long _marginMs =
        marginMs + (codec.Log.Event.KnownField < 0 ? Math.Max(0, codec.Log.Event.LagMs) : 0);

    private readonly BlobImage _image = new(codec);
    private readonly AcceptedRecords _accepted = new(codec.Log.RepetitionMs);
    private readonly KeptFolder _keptFolder = new(codec);
    private readonly TallyBoard _tiles = new(codec.Measures);
    private readonly TileCodec _tileCodec = new(codec);
    private readonly RecordBuffer _body = new();
    private readonly RecordBuffer _parts = new();

    // Tiles first, then folded records: where each begins in the new grid.
    private long[] _starts = [];
    private int[] _places = [];
    private int[] _spare = [];

    /// <summary>Writes the replacement; returns the number of records that left the raw tail.</summary>
    public int Fold(ReadOnlySpan<byte> blob, IBufferWriter<byte> replacement)
    {
        if (blob.IsEmpty || !_image.Load(blob) || _image.Records.Count == _image.FirstRaw)
        {
            return 0;
        }

        int folded = ChooseFolded(out int stop, out long cutoff);
        int removed = CountRemoved(stop, cutoff);
        if (removed == 0)
        {
            return 0;
        }

        long readableFrom = ReadableFrom(folded, cutoff);
        WriteBody(folded, readableFrom, IdsFrom(folded, stop, cutoff));
        WriteBlob(blob, stop, cutoff, replacement);
        return removed;
    }

    private int ChooseFolded(out int stop, out long cutoff)
    {
        RecordSet records = _image.Records;
        long newest = _image.Folded.ReadableFrom;
        for (int record = _image.FirstRaw; record < records.Count; record++)
        {
            newest = Math.Max(newest, records.Knowns[record]);
        }

        cutoff = newest < long.MinValue + _marginMs ? long.MinValue : newest - _marginMs;
        _accepted.Judge(_image, cutoff);
        ReadOnlySpan<int> places = _accepted.Places;
        int folded = 0;
        while (folded < places.Length && records.Times[places[folded]] < cutoff)
        {
            folded++;
        }

        stop = folded < places.Length ? places[folded] : -1;
        return folded;
    }

    // Records before the first one that stays, by (known, position), leave: folded, trimmed or as repetitions.
    private bool IsRemoved(int record, int stop, long cutoff)
    {
        long known = _image.Records.Knowns[record];
        if (stop < 0)
        {
            return known <= cutoff;
        }

        long first = _image.Records.Knowns[stop];
        return known < first || (known == first && record < stop);
    }

    private int CountRemoved(int stop, long cutoff)
    {
        int removed = 0;
        for (int record = _image.FirstRaw; record < _image.Records.Count; record++)
        {
            removed += IsRemoved(record, stop, cutoff) ? 1 : 0;
        }

        return removed;
    }

    private long ReadableFrom(int folded, long cutoff)
    {
        long from = _image.Folded.ReadableFrom;
        if (isOrdered)
        {
            // No request comes before the newest known time, so what none behind it reaches is dropped at once.
            from = Math.Max(from, cutoff > long.MaxValue - marginMs ? long.MaxValue : cutoff + marginMs);
        }

        foreach (int record in _accepted.Places[..folded])
        {
            from = Math.Max(from, Math.Max(_image.Records.Knowns[record], _image.Records.Times[record] + 1));
        }

        return from;
    }

    // The least known time that a record may still have that is judged after the folded ones (R44): those that stay
    // raw lie before the newest, by which the rest of an ordered run is cut; what arrives later may lie anywhere
    // behind the last folded one. Event times have no part in this.
    private long IdsFrom(int folded, int stop, long cutoff)
    {
        if (!isOrdered)
        {
            return folded > 0 ? _image.Records.Knowns[_accepted.Places[folded - 1]] : long.MinValue;
        }

        long from = _image.Folded.ReadableFrom;
        long oldest = long.MaxValue;
        for (int record = _image.FirstRaw; record < _image.Records.Count; record++)
        {
            from = Math.Max(from, _image.Records.Knowns[record]);
            oldest = IsRemoved(record, stop, cutoff) ? oldest : Math.Min(oldest, _image.Records.Knowns[record]);
        }

        return Math.Min(from, oldest);
    }

    private void WriteBody(int folded, long readableFrom, long idsFrom)
    {
        _parts.Clear();
        int tiles = WriteTiles(folded, readableFrom);
        int ids = WriteIds(folded, idsFrom);
        int keptStart = _parts.Length;
        _keptFolder.Write(_image, _accepted.Places[..folded], readableFrom, _parts);
        _body.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(_body.Room(8), readableFrom);
        _body.Advance(8);
        _body.WriteVarint((ulong)tiles);
        _body.WriteVarint((ulong)ids);
        _body.WriteVarint((ulong)(_parts.Length - keptStart));
        _body.Write(_parts.Written);
    }

    private int WriteTiles(int folded, long readableFrom)
    {
        FoldedPart old = _image.Folded;
        int items = PlaceItems(folded, readableFrom);
        _tiles.Reset(0);
        int row = -1;
        int count = 0;
        foreach (int item in _places.AsSpan(0, items))
        {
            if (row < 0 || _starts[_spare[count - 1]] != _starts[item])
            {
                row = _tiles.AddRow();
                _spare[count++] = item;
            }

            if (item < old.Tiles.Rows)
            {
                _tiles.Merge(row, old.Tiles, item, _image.Records);
            }
            else
            {
                int record = _accepted.Places[item - old.Tiles.Rows];
                _tiles.Add(row, _image.Records, record, codec.Layout.Columns.Length);
            }
        }

        long before = 0;
        int written = 0;
        for (int tile = 0; tile < count; tile++)
        {
            // A tile that no measure counts in says nothing.
            if (!_tiles.IsEmpty(tile))
            {
                _tileCodec.Write(_parts, _image.Records, _tiles, tile, _starts[_spare[tile]], ref before);
                written++;
            }
        }

        return written;
    }

    // Items in order of their new starts; of those with one start tiles come first, then records as they were accepted.
    private int PlaceItems(int folded, long readableFrom)
    {
        FoldedPart old = _image.Folded;
        int all = old.Tiles.Rows + folded;
        if (_starts.Length < all)
        {
            _starts = new long[Math.Max(all, _starts.Length * 2)];
            _places = new int[_starts.Length];
            _spare = new int[_starts.Length];
        }

        int items = 0;
        for (int item = 0; item < all; item++)
        {
            long time = item < old.Tiles.Rows
                ? old.Starts[item]
                : _image.Records.Times[_accepted.Places[item - old.Tiles.Rows]];
            if (codec.Grid.TryStartOf(time, readableFrom, out _starts[item]))
            {
                _places[items++] = item;
            }
        }

        IndexSort.Sort(_places.AsSpan(0, items), _spare, new TimeOrder(_starts));
        return items;
    }

    private int WriteIds(int folded, long idsFrom)
    {
        FoldedPart old = _image.Folded;
        long span = codec.Log.RepetitionMs;
        long oldest = span < 0 || idsFrom < long.MinValue + span ? long.MinValue : idsFrom - span;
        int all = old.IdCount + folded;
        int count = 0;
        long before = 0;
        for (int id = Math.Max(0, all - IdTable.Remembered); id < all; id++)
        {
            bool isOld = id < old.IdCount;
            int record = isOld ? 0 : _accepted.Places[id - old.IdCount];
            long known = isOld ? old.IdKnowns[id] : _image.Records.Knowns[record];
            if (known < oldest)
            {
                continue;
            }

            _parts.WriteVarint(PrefixVarint.ZigZag(unchecked(known - before)));
            BinaryPrimitives.WriteUInt64LittleEndian(_parts.Room(8), isOld ? old.Ids[id] : _image.Records.Ids[record]);
            _parts.Advance(8);
            before = known;
            count++;
        }

        return count;
    }

    private void WriteBlob(ReadOnlySpan<byte> blob, int stop, long cutoff, IBufferWriter<byte> replacement)
    {
        Span<byte> head = stackalloc byte[BlobHeader.Size + FoldedPart.HeadBytes];
        uint epoch = unchecked(BlobHeader.EpochOf(blob) + 1);
        BlobHeader.Write(head, Math.Max(1, epoch), codec.Schema, BlobHeader.CheckOf(blob));
        Span<byte> length = head[(BlobHeader.Size + 4)..];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)_body.Length);
        uint check = FoldedPart.CheckOf(head[..BlobHeader.Size], length, _body.Written);
        BinaryPrimitives.WriteUInt32LittleEndian(head[BlobHeader.Size..], check);
        replacement.Write(head);
        replacement.Write(_body.Written);
        RecordSet records = _image.Records;
        for (int record = _image.FirstRaw; record < records.Count; record++)
        {
            if (!IsRemoved(record, stop, cutoff))
            {
                replacement.Write(blob[records.Starts[record]..records.Ends[record]]);
            }
        }
    }
}
