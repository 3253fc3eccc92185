using System.Runtime.InteropServices;
using Serving.Data;

namespace Serving.State.Windows;

/// <summary>
/// One blob of a plain log, decoded into a block of an <see cref="ImagePool"/>: its bytes, tiles in columns, remembered
/// ids, records that are in order of their known times and no repetitions, and the sums of the last read.
/// </summary>
/// <remarks>
/// Words of a block: head (16) | edges of the sums | sums | tiles: starts, counts, and sums, least and greatest where
/// the log has them | ids | records: known times, times, ids, numbers where the log has one | bytes. The length in the
/// head is written last, so that a block is whole or has none.
/// </remarks>
internal readonly ref struct PlainImage
{
    // An id is looked for among so many at most: with more the blob is read anew.
    private const int NearMax = 256;

    private const int HeadWords = 16;
    private const int SpareRecords = 8;
    private const int UsualRecordBytes = 24;

    private readonly Span<long> _block;
    private readonly PlainForm _form;

    public PlainImage(Span<long> block, PlainForm form)
    {
        _block = block;
        _form = form;
    }

    /// <summary>Bytes of the blob; 0 while the block holds none.</summary>
    private ref long Length => ref _block[0];

    private ref long Stamp => ref _block[1];

    private ref long TileCount => ref _block[2];

    private ref long IdCount => ref _block[3];

    private ref long RecordCount => ref _block[4];

    // Records that there is room for.
    private ref long RecordRoom => ref _block[5];

    // Of a blob that does not fit: its key and, + 1, its epoch.
    private ref long UnfitCheck => ref _block[6];

    private ref long UnfitEpoch => ref _block[7];

    // Number of edges that the sums are of; -1 where nothing is known of them.
    private ref long SummedEdges => ref _block[8];

    private ref long SummedTime => ref _block[9];

    private ref long SummedRecords => ref _block[10];

    private ref long FirstRecord => ref _block[11];

    /// <summary>Requests before it cannot be answered.</summary>
    public ref long ReadableFrom => ref _block[12];

    /// <summary>Place of the first raw record in the blob.</summary>
    public int TailStart => (int)FirstRecord;

    private int EdgesAt => HeadWords;

    private int SumsAt => EdgesAt + _form.EdgesMax;

    private int TilesAt => SumsAt + ((_form.EdgesMax + 2) * PlainForm.TallyWords);

    private int TileWords => 2 + (_form.HasSums ? 1 : 0) + (_form.HasLeasts ? 1 : 0) + (_form.HasGreatests ? 1 : 0);

    private int IdsAt => TilesAt + ((int)TileCount * TileWords);

    private int RecordsAt => IdsAt + (int)IdCount;

    private int RecordWords => _form.HasNumber ? 4 : 3;

    private Span<byte> Bytes => MemoryMarshal.AsBytes(_block[(RecordsAt + ((int)RecordRoom * RecordWords))..]);

    private ReadOnlySpan<long> Ids => _block.Slice(IdsAt, (int)IdCount);

    private Span<long> Knowns => _block.Slice(RecordsAt, (int)RecordRoom);

    private Span<long> Times => _block.Slice(RecordsAt + (int)RecordRoom, (int)RecordRoom);

    private Span<long> RecordIds => _block.Slice(RecordsAt + (2 * (int)RecordRoom), (int)RecordRoom);

    private Span<long> Numbers =>
        _form.HasNumber ? _block.Slice(RecordsAt + (3 * (int)RecordRoom), (int)RecordRoom) : default;

    /// <summary>
    /// Takes a blob in of which a begin stands here, so that only what is new is decoded; false where it begins
    /// otherwise, byte by byte, or what is new is not usual.
    /// </summary>
    [HotPath]
    public bool TryContinue(ReadOnlySpan<byte> blob)
    {
        int length = (int)Length;
        if (length == 0 || blob.Length < length || Stamp != _form.Stamp)
        {
            return false;
        }

        Span<byte> bytes = Bytes;
        return blob[..length].SequenceEqual(bytes[..length])
            && (blob.Length == length || TryExtend(blob, length, bytes));
    }

    /// <summary>Whether the block knows that it cannot hold a blob, until that is folded.</summary>
    [HotPath]
    public bool IsUnfit(ReadOnlySpan<byte> blob) =>
        Length == 0
        && UnfitCheck == (long)BlobHeader.CheckOf(blob) && UnfitEpoch == (long)BlobHeader.EpochOf(blob) + 1;

    /// <summary>Notes that the block cannot hold a blob.</summary>
    [HotPath]
    public void MarkUnfit(ReadOnlySpan<byte> blob)
    {
        Length = 0;
        UnfitCheck = (long)BlobHeader.CheckOf(blob);
        UnfitEpoch = (long)BlobHeader.EpochOf(blob) + 1;
    }

    /// <summary>
    /// Takes a blob in that was taken apart; false where it does not fit. REQUIRES: its records are in order of their
    /// known times, and none repeats another.
    /// </summary>
    [HotPath]
    public bool TryFill(ReadOnlySpan<byte> blob, BlobImage source)
    {
        RecordSet records = source.Records;
        FoldedPart folded = source.Folded;
        Length = 0;
        Stamp = _form.Stamp;
        TileCount = folded.Tiles.Rows;
        IdCount = folded.IdCount;
        RecordRoom = 0;
        SummedEdges = -1;
        UnfitEpoch = 0;
        FirstRecord = source.TailStart;
        ReadableFrom = folded.ReadableFrom;
        int room = ((_block.Length - RecordsAt) * sizeof(long)) - source.TailStart - ShortRecord.Window;
        RecordRoom = Math.Max(0, room / ((RecordWords * sizeof(long)) + UsualRecordBytes));
        if (folded.IdCount > NearMax || RecordRoom < records.Count + SpareRecords
            || Bytes.Length < blob.Length + ShortRecord.Window || !TryFillTiles(folded))
        {
            return false;
        }

        int count = records.Count;
        RecordCount = count;
        WordsOf(folded.Ids.AsSpan(0, folded.IdCount)).CopyTo(_block[IdsAt..]);
        records.Knowns.AsSpan(0, count).CopyTo(Knowns);
        records.Times.AsSpan(0, count).CopyTo(Times);
        WordsOf(records.Ids.AsSpan(0, count)).CopyTo(RecordIds);
        records.Slots.AsSpan(0, _form.HasNumber ? count : 0).CopyTo(Numbers);
        blob.CopyTo(Bytes);
        Length = blob.Length;
        return true;
    }

    /// <summary>
    /// Sums the records that a request sees by intervals; the sums stand until the block is given back. They stand on
    /// while no edge but the request's own time moves, so that the next read adds what was appended alone.
    /// </summary>
    [HotPath]
    public ReadOnlySpan<Tally> Sum(WindowEdges edges, long time, out int seen)
    {
        ReadOnlySpan<long> knowns = Knowns;
        seen = (int)RecordCount;
        while (seen > 0 && knowns[seen - 1] > time)
        {
            seen--;
        }

        Span<Tally> board = TalliesOf(_block.Slice(SumsAt, edges.Intervals * PlainForm.TallyWords));
        ReadOnlySpan<long> inner = edges.Inner;
        Span<long> summed = _block.Slice(EdgesAt, _form.EdgesMax);
        int from = (int)SummedRecords;
        bool isHeld = SummedEdges == inner.Length && time >= SummedTime && seen >= from
            && inner.SequenceEqual(summed[..inner.Length]);
        SummedEdges = -1;
        if (!isHeld)
        {
            board.Clear();
            AddTiles(edges, board);
            from = 0;
        }

        if (from < seen)
        {
            ReadOnlySpan<long> numbers = Numbers;
            PlainPass.AddDecoded(
                Times[from..seen], numbers.IsEmpty ? default : numbers[from..seen], edges, board);
        }

        // Events behind the request come into its windows as its time moves: then the sums do not stand on.
        if (board[^1].Count == 0)
        {
            inner.CopyTo(summed);
            SummedTime = time;
            SummedRecords = seen;
            SummedEdges = inner.Length;
        }

        return board;
    }

    private static Span<Tally> TalliesOf(Span<long> words) => MemoryMarshal.Cast<long, Tally>(words);

    private static ReadOnlySpan<long> WordsOf(ReadOnlySpan<ulong> ids) => MemoryMarshal.Cast<ulong, long>(ids);

    private bool TryExtend(ReadOnlySpan<byte> blob, int length, Span<byte> bytes)
    {
        if (blob.Length + ShortRecord.Window > bytes.Length)
        {
            return false;
        }

        // Half of what is new stands behind the blob then, where nobody looks.
        blob[length..].CopyTo(bytes[length..]);
        int count = (int)RecordCount;
        int room = (int)RecordRoom;
        for (int at = length; at < blob.Length;)
        {
            ReadOnlySpan<byte> window = bytes.Slice(at, ShortRecord.Window);
            if (count == room
                || !ShortRecord.TryRead(window, blob.Length - at, out ShortRecord record)
                || !PlainPass.TryNumber(window, record.Length, _form.HasNumber, out long number))
            {
                return false;
            }

            long known = record.Time + record.Distance + _form.UsualDelay;
            if ((count > 0 && Knowns[count - 1] > known) || !IsNew((long)record.Id, known, count))
            {
                return false;
            }

            Knowns[count] = known;
            Times[count] = record.Time;
            RecordIds[count] = (long)record.Id;
            if (_form.HasNumber)
            {
                Numbers[count] = number;
            }

            count++;
            at += ShortRecord.HeadBytes + record.Length;
        }

        RecordCount = count;
        Length = blob.Length;
        return true;
    }

    // Whether no event before it has its id within reach; false too where that would take long to say.
    private bool IsNew(long id, long known, int count)
    {
        long reach = _form.ReachMs;
        long oldest = known < long.MinValue + reach ? long.MinValue : known - reach;
        if (IdCount > 0 && ReadableFrom >= oldest && Ids.Contains(id))
        {
            return false;
        }

        ReadOnlySpan<long> knowns = Knowns;
        int near = count;
        while (near > 0 && knowns[near - 1] >= oldest)
        {
            near--;
        }

        return count - near <= NearMax && !RecordIds[near..count].Contains(id);
    }

    private bool TryFillTiles(FoldedPart folded)
    {
        int count = folded.Tiles.Rows;
        ReadOnlySpan<Tally> tallies = folded.Tiles.Tallies;
        Span<long> words = _block.Slice(TilesAt, count * TileWords);
        folded.Starts.AsSpan(0, count).CopyTo(words);
        for (int tile = 0; tile < count; tile++)
        {
            Tally tally = _form.TileOf(tallies, tile);
            long sum = unchecked((long)tally.Sum);
            if (tally.Count == 0 || sum != tally.Sum)
            {
                return false;
            }

            int at = tile + count;
            words[at] = tally.Count;
            if (_form.HasSums)
            {
                words[at += count] = sum;
            }

            if (_form.HasLeasts)
            {
                words[at += count] = tally.Least;
            }

            if (_form.HasGreatests)
            {
                words[at + count] = tally.Greatest;
            }
        }

        return true;
    }

    private void AddTiles(WindowEdges edges, Span<Tally> board)
    {
        int count = (int)TileCount;
        ReadOnlySpan<long> words = _block.Slice(TilesAt, count * TileWords);
        ReadOnlySpan<long> starts = words[..count];
        int near = 0;
        for (int start = 0; start < count;)
        {
            near = edges.IntervalOf(starts[start], near);
            int run = edges.RunOf(starts[start..], near);
            board[near].Add(TallyOf(words[count..], count, start, run));
            start += run;
        }
    }

    // Neighbouring tiles together.
    private Tally TallyOf(ReadOnlySpan<long> columns, int count, int first, int run)
    {
        Tally tally = new() { Count = (long)NumberRun.TallyOf(columns.Slice(first, run)).Sum };
        int at = first + count;
        if (_form.HasSums)
        {
            tally.Sum = NumberRun.TallyOf(columns.Slice(at, run)).Sum;
            at += count;
        }

        if (_form.HasLeasts)
        {
            tally.Least = NumberRun.TallyOf(columns.Slice(at, run)).Least;
            at += count;
        }

        if (_form.HasGreatests)
        {
            tally.Greatest = NumberRun.TallyOf(columns.Slice(at, run)).Greatest;
        }

        return tally;
    }
}
