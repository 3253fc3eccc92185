using System.Runtime.CompilerServices;

namespace Serving.Data;

/// <summary>
/// Rows of typed values of one <see cref="RowSchema"/>, in flat arenas that are reused: after warm-up filling and
/// emptying a batch allocates nothing. Not safe for use by several threads; one owner rents, fills and returns it.
/// </summary>
/// <remarks>
/// Shapes: <see cref="Values"/> and <see cref="Present"/> are [rows, fields], row-major, address
/// <c>row * FieldCount + field</c>. What a slot holds is written at <see cref="ValueKind"/>. A slot whose
/// <see cref="Present"/> is false is missing and its value is 0.
/// </remarks>
public sealed class RowBatch
{
    /// <summary>Longest string in bytes (feature language, section 3.6).</summary>
    public const int TextBytesMax = 4096;

    private int _listStart;

    /// <summary>Makes an empty batch for rows of a schema.</summary>
    public RowBatch(RowSchema schema)
    {
        Schema = schema;
        Reset(schema);
    }

    /// <summary>What the rows are.</summary>
    public RowSchema Schema { get; private set; }

    /// <summary>Fields in a row.</summary>
    public int FieldCount { get; private set; }

    /// <summary>Rows in the batch.</summary>
    public int RowCount { get; private set; }

    /// <summary>Slots [rows, fields]; longer than needed.</summary>
    public long[] Values { get; private set; } = [];

    /// <summary>Whether a slot holds a value [rows, fields]; longer than needed.</summary>
    public bool[] Present { get; private set; } = [];

    /// <summary>UTF-8 bytes of all strings; longer than needed.</summary>
    public byte[] Text { get; private set; } = new byte[256];

    /// <summary>Bytes used in <see cref="Text"/>.</summary>
    public int TextLength { get; private set; }

    /// <summary>Elements of all lists, each a slot of its element kind; longer than needed.</summary>
    public long[] Items { get; private set; } = [];

    /// <summary>Elements used in <see cref="Items"/>.</summary>
    public int ItemCount { get; private set; }

    /// <summary>Numbers that were NaN or infinite and became missing, by field, since the batch was made.</summary>
    public long[] NotFiniteCounts { get; private set; } = [];

    /// <summary>Strings that were not UTF-8 and became missing, by field, since the batch was made (R92).</summary>
    public long[] NotUtf8Counts { get; private set; } = [];

    /// <summary>Empties the batch and makes it one of the given schema.</summary>
    public void Reset(RowSchema schema)
    {
        Schema = schema;
        FieldCount = schema.Fields.Length;
        if (NotFiniteCounts.Length < FieldCount)
        {
            NotFiniteCounts = new long[FieldCount];
            NotUtf8Counts = new long[FieldCount];
        }

        Clear();
    }

    /// <summary>Empties the batch; its arenas stay.</summary>
    public void Clear()
    {
        RowCount = 0;
        TextLength = 0;
        ItemCount = 0;
    }

    /// <summary>Makes this batch a copy of the rows of another of the same schema; the counters stay.</summary>
    public void CopyFrom(RowBatch other)
    {
        Clear();
        int slots = other.RowCount * FieldCount;
        if (Values.Length < slots)
        {
            GrowRows(slots);
        }

        if (Items.Length < other.ItemCount)
        {
            Items = new long[Math.Max(other.ItemCount, Items.Length * 2)];
        }

        AddText(other.Text.AsSpan(0, other.TextLength));
        other.Values.AsSpan(0, slots).CopyTo(Values);
        other.Present.AsSpan(0, slots).CopyTo(Present);
        other.Items.AsSpan(0, other.ItemCount).CopyTo(Items);
        ItemCount = other.ItemCount;
        RowCount = other.RowCount;
    }

    /// <summary>Appends a row whose fields are all missing and returns its place.</summary>
    public int AddRow()
    {
        int start = RowCount * FieldCount;
        int end = start + FieldCount;
        if (end > Values.Length)
        {
            GrowRows(end);
        }

        Array.Clear(Values, start, FieldCount);
        Array.Clear(Present, start, FieldCount);
        return RowCount++;
    }

    /// <summary>Appends a row of slots as they are; handles in them point into the batch's arenas.</summary>
    public void AddRow(ReadOnlySpan<long> values, ReadOnlySpan<bool> present)
    {
        int start = RowCount * FieldCount;
        if (start + FieldCount > Values.Length)
        {
            GrowRows(start + FieldCount);
        }

        values[..FieldCount].CopyTo(Values.AsSpan(start, FieldCount));
        present[..FieldCount].CopyTo(Present.AsSpan(start, FieldCount));
        RowCount++;
    }

    /// <summary>
    /// Has handles of strings point into bytes that somebody else holds, so that none are copied. REQUIRES: no string
    /// is added to this batch from now on.
    /// </summary>
    public void ShareText(byte[] text, int length)
    {
        Text = text;
        TextLength = length;
    }

    /// <summary>Removes the last row (its texts stay in the arena until <see cref="Clear"/>).</summary>
    public void RemoveLastRow() => RowCount--;

    /// <summary>Sets a bool, int, time (ms) or decimal (minor units) slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int row, int field, long value)
    {
        int slot = (row * FieldCount) + field;
        Values[slot] = value;
        Present[slot] = true;
    }

    /// <summary>Makes a slot missing.</summary>
    public void SetMissing(int row, int field)
    {
        int slot = (row * FieldCount) + field;
        Values[slot] = 0;
        Present[slot] = false;
    }

    /// <summary>
    /// Sets a float slot. -0.0 becomes 0.0; NaN and the infinities make the slot missing and are counted (R92).
    /// Returns false when the number was not finite, so that a caller refuses the row where the field is not optional.
    /// </summary>
    public bool SetFloat(int row, int field, double value)
    {
        if (!double.IsFinite(value))
        {
            NotFiniteCounts[field]++;
            SetMissing(row, field);
            return false;
        }

        Set(row, field, BitConverter.DoubleToInt64Bits(value + 0.0));
        return true;
    }

    /// <summary>Makes the slot of a string that is not UTF-8 missing and counts it (R92).</summary>
    public void SetNotUtf8(int row, int field)
    {
        NotUtf8Counts[field]++;
        SetMissing(row, field);
    }

    /// <summary>
    /// Sets a string slot to a copy of UTF-8 bytes. REQUIRES: valid UTF-8 of at most <see cref="TextBytesMax"/>.
    /// </summary>
    public void SetText(int row, int field, ReadOnlySpan<byte> utf8) => Set(row, field, AddText(utf8));

    /// <summary>Copies UTF-8 bytes into the arena and returns their handle.</summary>
    public long AddText(ReadOnlySpan<byte> utf8)
    {
        int offset = TextLength;
        int end = offset + utf8.Length;
        if (end > Text.Length)
        {
            GrowText(end);
        }

        utf8.CopyTo(Text.AsSpan(offset));
        TextLength = end;
        return TextHandle.Pack(offset, utf8.Length);
    }

    /// <summary>Begins a list; <see cref="AddItem"/> appends to it, <see cref="EndList"/> stores it.</summary>
    public void BeginList() => _listStart = ItemCount;

    /// <summary>
    /// Appends an element (a slot of the element kind; for a string the handle of <see cref="AddText"/>).
    /// </summary>
    public void AddItem(long value)
    {
        if (ItemCount == Items.Length)
        {
            GrowItems();
        }

        Items[ItemCount++] = value;
    }

    /// <summary>Elements appended since <see cref="BeginList"/>.</summary>
    public int OpenListCount => ItemCount - _listStart;

    /// <summary>Stores the list begun by <see cref="BeginList"/> in a slot.</summary>
    public void EndList(int row, int field) => Set(row, field, TextHandle.Pack(_listStart, ItemCount - _listStart));

    /// <summary>Whether a slot holds a value.</summary>
    public bool IsPresent(int row, int field) => Present[(row * FieldCount) + field];

    /// <summary>The slot; 0 when missing.</summary>
    public long Get(int row, int field) => Values[(row * FieldCount) + field];

    /// <summary>The number of a float slot.</summary>
    public double GetFloat(int row, int field) => BitConverter.Int64BitsToDouble(Get(row, field));

    /// <summary>The bytes of a string slot; empty when missing.</summary>
    public ReadOnlySpan<byte> GetText(int row, int field) => TextOf(Get(row, field));

    /// <summary>The bytes behind a string handle.</summary>
    public ReadOnlySpan<byte> TextOf(long handle) => Text.AsSpan(TextHandle.Offset(handle), TextHandle.Length(handle));

    /// <summary>The elements of a list slot; empty when missing.</summary>
    public ReadOnlySpan<long> GetList(int row, int field)
    {
        long handle = Get(row, field);
        return Items.AsSpan(TextHandle.Offset(handle), TextHandle.Length(handle));
    }

    private void GrowRows(int slots)
    {
        int length = Math.Max(slots, Math.Max(64, Values.Length * 2));
        long[] values = new long[length];
        bool[] present = new bool[length];
        Values.CopyTo(values, 0);
        Present.CopyTo(present, 0);
        Values = values;
        Present = present;
    }

    private void GrowText(int bytes)
    {
        byte[] text = new byte[Math.Max(bytes, Text.Length * 2)];
        Text.AsSpan(0, TextLength).CopyTo(text);
        Text = text;
    }

    private void GrowItems()
    {
        long[] items = new long[Math.Max(16, Items.Length * 2)];
        Items.CopyTo(items, 0);
        Items = items;
    }
}
