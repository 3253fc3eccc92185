using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Serving.Data;

namespace Serving.State.Windows;

/// <summary>
/// The records of one blob, decoded into flat arrays that are reused. Total: whatever the bytes are, reading them ends
/// and says whether they are sound. Not safe for use by several threads.
/// </summary>
/// <remarks>
/// Record i: <see cref="Times"/>[i] and so on; column c of it stands at i * columns + c. A slot holds what a
/// <see cref="RowBatch"/> holds, but texts and lists point into <see cref="Bytes"/> (a list at its encoded form).
/// </remarks>
internal sealed class RecordSet
{
    private const ulong SixBytes = (1UL << 48) - 1;

    // Time, distance of known, id hash.
    private const int BodyBytesMin = 6 + 1 + 8;
    private const int BytesMin = 1 + 2 + BodyBytesMin;

    private const int ShortBodyMax = 32;
    private const int ShortWindow = 48;

    private readonly RecordLayout _layout;
    private readonly ColumnLayout[] _columns;
    private readonly int _columnCount;
    private readonly ColumnForm[] _forms;

    // All columns are numbers or floats that are never missing: presence stays true once it is set.
    private readonly bool _areNumbers;
    private readonly bool _hasOneNumber;
    private byte[] _bytes = new byte[2048];

    public RecordSet(RecordLayout layout)
    {
        _layout = layout;
        _columns = [.. layout.Columns];
        _columnCount = _columns.Length;
        _forms = [.. _columns.Select(column => column.Form)];
        _areNumbers = layout.BitBytes == 0
            && Array.TrueForAll(_forms, form => form is ColumnForm.Number or ColumnForm.Float);
        _hasOneNumber = _areNumbers && _forms is [ColumnForm.Number];
    }

    /// <summary>A copy of the blob, with room behind it so that whole words can be loaded.</summary>
    public byte[] Bytes => _bytes;

    /// <summary>Length of the blob.</summary>
    public int Length { get; private set; }

    /// <summary>Number of records.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the records from <see cref="Mark"/> on stand in order of their known times.</summary>
    public bool IsInOrder { get; private set; }

    /// <summary>Event times.</summary>
    public long[] Times { get; private set; } = [];

    /// <summary>Known times.</summary>
    public long[] Knowns { get; private set; } = [];

    /// <summary>Ids that are numbers, hashes of those that are texts.</summary>
    public ulong[] Ids { get; private set; } = [];

    /// <summary>Texts of ids where records hold them.</summary>
    public long[] IdTexts { get; private set; } = [];

    /// <summary>Places of records in the blob, their frames included.</summary>
    public int[] Starts { get; private set; } = [];

    /// <summary>Places behind records in the blob.</summary>
    public int[] Ends { get; private set; } = [];

    /// <summary>Values [records, columns].</summary>
    public long[] Slots { get; private set; } = [];

    /// <summary>Whether a value is present [records, columns].</summary>
    public bool[] Present { get; private set; } = [];

    /// <summary>Takes a blob in; there are no records yet.</summary>
    public void Begin(ReadOnlySpan<byte> blob)
    {
        int needed = blob.Length + _layout.Overrun;
        if (_bytes.Length < needed)
        {
            _bytes = new byte[Math.Max(needed, _bytes.Length * 2)];
        }

        blob.CopyTo(_bytes);
        Length = blob.Length;
        Count = 0;
        Mark();
    }

    /// <summary>Begins to watch the order of known times anew.</summary>
    public void Mark() => IsInOrder = true;

    /// <summary>Decodes the records between two places; false when they are damaged.</summary>
    [HotPath]
    public bool ReadRecords(int start, int end)
    {
        EnsureRoom(Count + ((end - start) / BytesMin) + 1);
        int first = Count;
        int at = start;
        while (true)
        {
            if (!_layout.HoldsText)
            {
                at = ReadShort(at, end);
            }

            if (at >= end)
            {
                break;
            }

            if (!ReadOne(ref at, end))
            {
                return false;
            }
        }

        CheckOrder(first);
        return true;
    }

    /// <summary>
    /// Orders two ids: texts by their bytes, numbers as numbers (R42); all are equal where none are held.
    /// </summary>
    public int CompareIds(ulong left, long leftText, ulong right, long rightText)
    {
        if (_layout.HoldsText)
        {
            return TextOf(leftText).SequenceCompareTo(TextOf(rightText));
        }

        return _layout.HoldsIds ? ((long)left).CompareTo((long)right) : 0;
    }

    /// <summary>The bytes of a text or of a list's encoded form.</summary>
    public ReadOnlySpan<byte> TextOf(long handle) =>
        _bytes.AsSpan(TextHandle.Offset(handle), TextHandle.Length(handle));

    /// <summary>Copies a value of the given form into a row.</summary>
    public void CopyTo(RowBatch rows, int row, int field, in ColumnLayout column, long slot)
    {
        switch (column.Form)
        {
            case ColumnForm.Text:
                rows.SetText(row, field, TextOf(slot));
                return;
            case ColumnForm.List:
                CopyList(rows, row, field, column.ElementForm, TextHandle.Offset(slot));
                return;
            default:
                rows.Set(row, field, slot);
                return;
        }
    }

    /// <summary>Reads a text or list that stands alone; false when it leaves the given end.</summary>
    public bool TryReadLong(in ColumnLayout column, ref int at, int end, out long slot)
    {
        ReadOnlySpan<byte> bytes = _bytes;
        return column.Form == ColumnForm.Text
            ? ValueDecoder.TryReadText(bytes, ref at, end, out slot)
            : ValueDecoder.TryReadList(bytes, column.ElementForm, ref at, end, out slot);
    }

    /// <summary>
    /// Decodes records of the usual form as long as they come: a length of one byte up to 32, a time of six bytes, a
    /// known time near it. One window of 48 bytes a record, in which all places are constants. Returns where it
    /// stopped.
    /// </summary>
    private int ReadShort(int at, int end)
    {
        ReadOnlySpan<byte> bytes = _bytes;
        int count = Count;
        while (at < end)
        {
            ReadOnlySpan<byte> record = bytes.Slice(at, ShortWindow);
            ulong head = BinaryPrimitives.ReadUInt64LittleEndian(record);
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(record[3..]);
            int length = (int)(head & 255) >> 1;
            int next = at + 3 + length;
            ulong time = word & SixBytes;
            bool isShort = (head & 1) == 0 && (uint)(length - BodyBytesMin) <= ShortBodyMax - BodyBytesMin
                && next <= end && (word & (1UL << 48)) == 0 && time != RecordLayout.TimeEscape;
            if (!isShort || (ushort)(head >> 8) != RecordCheck.OfShortBody(record[3..], word, length))
            {
                break;
            }

            int value = at + BytesMin;
            bool isDecoded = _hasOneNumber
                ? DecodeNumber(BinaryPrimitives.ReadUInt64LittleEndian(record[BytesMin..]), length, count)
                : DecodeColumns(bytes, ref value, next, count * _columnCount) && value == next;
            if (!isDecoded)
            {
                break;
            }

            long exact = (long)time - RecordLayout.TimeBias;
            Starts[count] = at;
            Ends[count] = next;
            Times[count] = exact;
            Knowns[count] = exact + PrefixVarint.UnZigZag((word >> 49) & 127) + _layout.UsualDelay;
            Ids[count] = BinaryPrimitives.ReadUInt64LittleEndian(record[10..]);
            count++;
            at = next;
        }

        Count = count;
        return at;
    }

    // The one number of a record fills what its length leaves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool DecodeNumber(ulong word, int length, int record)
    {
        int bytes = length - BodyBytesMin;
        if (bytes != BitOperations.TrailingZeroCount(~word) + 1 || bytes > 8)
        {
            return false;
        }

        Slots[record] = PrefixVarint.UnZigZag((word << (64 - (8 * bytes))) >> (64 - (7 * bytes)));
        return true;
    }

    private bool ReadOne(ref int at, int end)
    {
        ReadOnlySpan<byte> bytes = _bytes;
        Starts[Count] = at;
        ulong length = PrefixVarint.Read(bytes, ref at);
        if (at + 2 > end || length > (ulong)(end - at - 2))
        {
            return false;
        }

        ushort check = BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
        at += 2;
        int body = at;
        at += (int)length;
        if (check != RecordCheck.OfBody(bytes, body, (int)length) || !Decode(bytes, body, at, Count))
        {
            return false;
        }

        Ends[Count++] = at;
        return true;
    }

    private void CheckOrder(int first)
    {
        ReadOnlySpan<long> knowns = Knowns.AsSpan(first, Count - first);
        bool inOrder = true;
        for (int index = 1; index < knowns.Length; index++)
        {
            inOrder &= knowns[index - 1] <= knowns[index];
        }

        IsInOrder &= inOrder;
    }

    private bool Decode(ReadOnlySpan<byte> bytes, int at, int end, int index)
    {
        ulong time = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]) & SixBytes;
        at += 6;
        long exact = (long)time - RecordLayout.TimeBias;
        if (time == RecordLayout.TimeEscape)
        {
            exact = BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
            at += 8;
        }

        Times[index] = exact;
        long delay = PrefixVarint.UnZigZag(PrefixVarint.Read(bytes, ref at));
        Knowns[index] = unchecked(exact + delay + _layout.UsualDelay);
        Ids[index] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
        at += 8;
        if (!DecodeColumns(bytes, ref at, end, index * _columnCount))
        {
            return false;
        }

        if (_layout.HoldsText && !ValueDecoder.TryReadText(bytes, ref at, end, out IdTexts[index]))
        {
            return false;
        }

        return at == end;
    }

    private bool DecodeColumns(ReadOnlySpan<byte> bytes, ref int at, int end, int slot)
    {
        if (_areNumbers)
        {
            long[] slots = Slots;
            foreach (ColumnForm form in _forms)
            {
                slots[slot++] = ValueDecoder.ReadNumber(bytes, form, ref at);
            }

            return at <= end;
        }

        int bits = at;
        at += _layout.BitBytes;
        foreach (ref readonly ColumnLayout column in _columns.AsSpan())
        {
            bool present = column.PresenceBit < 0 || HasBit(bytes, bits, column.PresenceBit);
            Present[slot] = present;
            long value = 0;
            if (present)
            {
                switch (column.Form)
                {
                    case ColumnForm.Number or ColumnForm.Float:
                        value = ValueDecoder.ReadNumber(bytes, column.Form, ref at);
                        break;
                    case ColumnForm.Bit:
                        value = HasBit(bytes, bits, column.ValueBit) ? 1 : 0;
                        break;
                    default:
                        if (at > end || !TryReadLong(column, ref at, end, out value))
                        {
                            return false;
                        }

                        break;
                }
            }

            Slots[slot++] = value;
        }

        return at <= end;
    }

    private static bool HasBit(ReadOnlySpan<byte> bytes, int start, int bit) =>
        (bytes[start + (bit >> 3)] & (1 << (bit & 7))) != 0;

    private void CopyList(RowBatch rows, int row, int field, ColumnForm element, int at)
    {
        ReadOnlySpan<byte> bytes = _bytes;
        ulong count = PrefixVarint.Read(bytes, ref at);
        rows.BeginList();
        for (ulong index = 0; index < count; index++)
        {
            if (element != ColumnForm.Text)
            {
                rows.AddItem(ValueDecoder.ReadNumber(bytes, element, ref at));
                continue;
            }

            ValueDecoder.TryReadText(bytes, ref at, Length, out long text);
            rows.AddItem(rows.AddText(TextOf(text)));
        }

        rows.EndList(row, field);
    }

    private void EnsureRoom(int records)
    {
        if (records <= Times.Length)
        {
            return;
        }

        Times = Grown(Times, records);
        Knowns = Grown(Knowns, records);
        Ids = Grown(Ids, records);
        IdTexts = Grown(IdTexts, records);
        Starts = Grown(Starts, records);
        Ends = Grown(Ends, records);
        Slots = Grown(Slots, records * _columnCount);
        Present = Grown(Present, records * _columnCount);
        if (_areNumbers)
        {
            Array.Fill(Present, true);
        }
    }

    private static T[] Grown<T>(T[] array, int length)
    {
        Array.Resize(ref array, Math.Max(length, array.Length * 2));
        return array;
    }
}
