using System.Buffers.Binary;

namespace Serving.State.Windows;

/// <summary>
/// What a compaction left of the records it folded: tiles, ids that a repetition may still have, and records that
/// calls with <c>keep</c> may still see. Reused; not safe for use by several threads.
/// </summary>
internal sealed class FoldedPart
{
    /// <summary>Bytes before the body: check and length.</summary>
    public const int HeadBytes = 8;

    private readonly TileCodec _codec;

    public FoldedPart(LogCodec codec)
    {
        _codec = new TileCodec(codec);
        Tiles = new TallyBoard(codec.Measures);
    }

    /// <summary>
    /// Requests before it cannot be answered any more: the newest folded known time, or the millisecond behind the
    /// newest folded event time where that is greater.
    /// </summary>
    public long ReadableFrom { get; private set; } = long.MinValue;

    /// <summary>First milliseconds of the tiles, ascending; the least long is the tile without a lower end.</summary>
    public long[] Starts { get; private set; } = [];

    /// <summary>The tiles.</summary>
    public TallyBoard Tiles { get; }

    /// <summary>Number of remembered ids.</summary>
    public int IdCount { get; private set; }

    /// <summary>Remembered ids in the order in which they were accepted.</summary>
    public ulong[] Ids { get; private set; } = [];

    /// <summary>Their known times.</summary>
    public long[] IdKnowns { get; private set; } = [];

    /// <summary>Bytes of the tiles (for descriptions).</summary>
    public int TileBytes { get; private set; }

    /// <summary>Bytes of the remembered ids (for descriptions).</summary>
    public int IdBytes { get; private set; }

    /// <summary>Makes it empty.</summary>
    public void Clear()
    {
        ReadableFrom = long.MinValue;
        Tiles.Reset(0);
        IdCount = 0;
        TileBytes = 0;
        IdBytes = 0;
    }

    /// <summary>The check of a folded part: header, length and body.</summary>
    public static uint CheckOf(ReadOnlySpan<byte> header, ReadOnlySpan<byte> length, ReadOnlySpan<byte> body) =>
        RecordCheck.Continue(RecordCheck.Continue(RecordCheck.Continue(uint.MaxValue, header), length), body);

    /// <summary>Reads the part at a place and moves the place behind it; false when it is damaged.</summary>
    public bool Read(RecordSet records, ref int at)
    {
        ReadOnlySpan<byte> bytes = records.Bytes;
        int start = at + HeadBytes;
        if (start > records.Length)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]);
        if (length < 8 || length > (uint)(records.Length - start))
        {
            return false;
        }

        int end = start + (int)length;
        uint check = BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
        if (check != CheckOf(bytes[..BlobHeader.Size], bytes[(at + 4)..start], bytes[start..end]))
        {
            return false;
        }

        ReadableFrom = BinaryPrimitives.ReadInt64LittleEndian(bytes[start..]);
        at = start + 8;
        ulong tiles = PrefixVarint.Read(bytes, ref at);
        ulong ids = PrefixVarint.Read(bytes, ref at);
        ulong kept = PrefixVarint.Read(bytes, ref at);
        bool sound = at <= end
            && tiles <= length && tiles * (ulong)_codec.BytesMin <= length
            && ids <= length && kept <= (ulong)(end - at)
            && ReadTiles(records, (int)tiles, ref at, end)
            && ReadIds(bytes, (int)ids, ref at, end)
            && at == end - (int)kept
            && records.ReadRecords(at, end);
        at = end;
        return sound;
    }

    private bool ReadTiles(RecordSet records, int count, ref int at, int end)
    {
        if (Starts.Length < count)
        {
            Starts = new long[Math.Max(count, Starts.Length * 2)];
        }

        int start = at;
        long before = 0;
        Tiles.Reset(count);
        for (int tile = 0; tile < count; tile++)
        {
            if (at >= end || !_codec.Read(records, Tiles, tile, ref before, out Starts[tile], ref at, end))
            {
                return false;
            }
        }

        TileBytes = at - start;
        return true;
    }

    private bool ReadIds(ReadOnlySpan<byte> bytes, int count, ref int at, int end)
    {
        if (Ids.Length < count)
        {
            Ids = new ulong[Math.Max(count, Ids.Length * 2)];
            IdKnowns = new long[Ids.Length];
        }

        int start = at;
        long known = 0;
        for (int id = 0; id < count; id++)
        {
            if (at >= end)
            {
                return false;
            }

            known = unchecked(known + PrefixVarint.UnZigZag(PrefixVarint.Read(bytes, ref at)));
            IdKnowns[id] = known;
            Ids[id] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
            at += 8;
        }

        IdCount = count;
        IdBytes = at - start;
        return at <= end;
    }
}
