using Serving.Data;
using Serving.Data.Time;

namespace Serving.Features.Emit;

/// <summary>
/// Scratch memory of compiled code: the slots of the row in work and of its cells. Emitted code and the runtime methods
/// beside it read and write these arrays; nothing is allocated after the arenas have grown once.
/// </summary>
internal sealed class CompiledFrame : FeatureFrame
{
    /// <summary>
    /// Marks a text handle into <see cref="Scratch"/>, or a list handle into <see cref="ListItems"/>.
    /// </summary>
    public const long OwnArena = long.MinValue;

    /// <summary>What a text function returns when its result is missing: no handle has this value.</summary>
    public const long MissingText = -1;

    private readonly SlotLayout _layout;

    // Constants of the script stand at the start of Scratch and stay, texts of the row beside come next and stay while
    // it does; each row's texts come behind.
    private readonly int _constantBytes;
    private int _keptBytes;

    // Tagged bytes of the text that is hashed.
    private byte[] _hashBuffer = new byte[256];

    // Digests of the members of the cross in work, 8 bytes each.
    private byte[] _crossMembers = new byte[64];

    // The interval of the last look-up in each zone: rows lie together in time, so a search is rare.
    private readonly ZoneSpan[] _zoneSpans;

    private bool _hasBeside;

    public CompiledFrame(SlotLayout layout, int cells, ReadOnlySpan<byte> constants, CompiledTables tables)
    {
        _layout = layout;
        Values = new long[layout.Count(cells)];
        Present = new bool[layout.Count(cells)];
        Scratch = new byte[Math.Max(256, constants.Length * 2)];
        constants.CopyTo(Scratch);
        _constantBytes = constants.Length;
        _keptBytes = constants.Length;
        Tables = tables;
        _zoneSpans = [.. tables.Zones.Select(zone => zone.SpanAt(0))];
    }

    /// <summary>Slots, laid out as <see cref="SlotLayout"/> says.</summary>
    public long[] Values { get; }

    /// <summary>Whether a slot holds a value.</summary>
    public bool[] Present { get; }

    /// <summary>Fitted tables and zones that emitted code refers to by number.</summary>
    public CompiledTables Tables { get; }

    /// <summary>The batch in work.</summary>
    public RowBatch Rows { get; private set; } = null!;

    /// <summary>UTF-8 bytes of constants and of texts made for this row.</summary>
    public byte[] Scratch { get; private set; }

    public int ScratchLength { get; private set; }

    /// <summary>Ids and digests of this row's computed lists.</summary>
    public long[] ListItems { get; private set; } = new long[16];

    public int ListItemCount { get; private set; }

    /// <summary>
    /// Loads a row's fields into the first slots. A batch may hold what stands beside the row behind its own fields,
    /// and more behind that, which is not read.
    /// </summary>
    public void Load(RowBatch rows, int row)
    {
        Rows = rows;
        ScratchLength = _keptBytes;
        ListItemCount = 0;
        int fields = Math.Min(rows.FieldCount, _layout.FieldCount + (_hasBeside ? 0 : _layout.BesideCount));
        rows.Values.AsSpan(row * rows.FieldCount, fields).CopyTo(Values);
        rows.Present.AsSpan(row * rows.FieldCount, fields).CopyTo(Present);
    }

    /// <summary>
    /// Loads the row that stands beside those loaded next. Its texts are copied, since handles of rows point into
    /// another batch; nothing reads the elements of its lists.
    /// </summary>
    public void LoadBeside(RowBatch beside, int row)
    {
        _hasBeside = true;
        ScratchLength = _constantBytes;
        int fields = _layout.BesideCount;
        beside.Values.AsSpan(row * beside.FieldCount, fields).CopyTo(Values.AsSpan(_layout.FieldCount));
        beside.Present.AsSpan(row * beside.FieldCount, fields).CopyTo(Present.AsSpan(_layout.FieldCount));
        foreach (int field in _layout.BesideTexts)
        {
            ReadOnlySpan<byte> text = beside.GetText(row, field);
            text.CopyTo(ReserveText(text.Length));
            Values[_layout.SlotOfBeside(field)] = EndText(text.Length);
        }

        _keptBytes = ScratchLength;
    }

    /// <summary>Says that the rows loaded next have what stands beside them in their own batch.</summary>
    public void ForgetBeside()
    {
        _hasBeside = false;
        _keptBytes = _constantBytes;
    }

    /// <summary>
    /// Makes slots missing: no value, id 0, and of a list of ids the single id 0 (R74).
    /// </summary>
    public void SetMissing(ReadOnlySpan<int> slots, ReadOnlySpan<int> idLists)
    {
        foreach (int slot in slots)
        {
            Values[slot] = 0;
            Present[slot] = false;
        }

        foreach (int slot in idLists)
        {
            Values[slot] = NewList(1, out Span<long> items);
            items[0] = 0;
        }
    }

    /// <summary>The local time of an instant in a zone of the tables, in milliseconds.</summary>
    public long LocalTime(long utcMs, int zone)
    {
        long clamped = ZoneTable.Clamp(utcMs);
        ref ZoneSpan span = ref _zoneSpans[zone];
        if (clamped < span.First || clamped > span.Last)
        {
            span = Tables.Zones[zone].SpanAt(clamped);
        }

        return clamped + span.OffsetMs;
    }

    /// <summary>The bytes behind a text handle.</summary>
    public ReadOnlySpan<byte> Text(long handle) => handle >= 0
        ? Rows.TextOf(handle)
        : Scratch.AsSpan(TextHandle.Offset(handle & ~OwnArena), TextHandle.Length(handle));

    /// <summary>The elements behind a list handle.</summary>
    public ReadOnlySpan<long> List(long handle)
    {
        long[] items = handle >= 0 ? Rows.Items : ListItems;
        return items.AsSpan(TextHandle.Offset(handle & ~OwnArena), TextHandle.Length(handle));
    }

    /// <summary>A part of a text: same arena, other place.</summary>
    public static long Slice(long handle, int start, int length) =>
        (handle & OwnArena) | TextHandle.Pack(TextHandle.Offset(handle & ~OwnArena) + start, length);

    /// <summary>Room for a text of this row; <see cref="EndText"/> makes it one.</summary>
    public Span<byte> ReserveText(int length)
    {
        int needed = ScratchLength + length;
        if (needed > Scratch.Length)
        {
            byte[] grown = new byte[Math.Max(needed, Scratch.Length * 2)];
            Scratch.AsSpan(0, ScratchLength).CopyTo(grown);
            Scratch = grown;
        }

        return Scratch.AsSpan(ScratchLength, length);
    }

    /// <summary>Takes over an arena that a writer grew while it appended behind <see cref="ScratchLength"/>.</summary>
    public void ReplaceScratch(byte[] grown) => Scratch = grown;

    /// <summary>The handle of the bytes just written.</summary>
    public long EndText(int length)
    {
        long handle = OwnArena | TextHandle.Pack(ScratchLength, length);
        ScratchLength += length;
        return handle;
    }

    /// <summary>Room for a list of this row, and its handle.</summary>
    public long NewList(int length, out Span<long> items)
    {
        int needed = ListItemCount + length;
        if (needed > ListItems.Length)
        {
            long[] grown = new long[Math.Max(needed, ListItems.Length * 2)];
            ListItems.AsSpan(0, ListItemCount).CopyTo(grown);
            ListItems = grown;
        }

        items = ListItems.AsSpan(ListItemCount, length);
        long handle = OwnArena | TextHandle.Pack(ListItemCount, length);
        ListItemCount = needed;
        return handle;
    }

    /// <summary>A buffer of at least this many bytes for hashing.</summary>
    public Span<byte> Buffer(int length)
    {
        if (_hashBuffer.Length < length)
        {
            _hashBuffer = new byte[length * 2];
        }

        return _hashBuffer;
    }

    /// <summary>The digests of the cross in work, with room for a number of members.</summary>
    public Span<byte> CrossMembers(int count)
    {
        if (_crossMembers.Length < count * 8)
        {
            Array.Resize(ref _crossMembers, count * 16);
        }

        return _crossMembers;
    }

    /// <summary>Counts one saturated result.</summary>
    public void CountSaturation() => SaturationCount++;
}
