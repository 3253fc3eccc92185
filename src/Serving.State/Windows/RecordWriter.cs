using System.Buffers.Binary;
using System.IO.Hashing;
using Serving.Data;

namespace Serving.State.Windows;

/// <summary>
/// Writes the records of a log: length, check, time, distance of known, id hash, bits, columns, id. Immutable and safe
/// for use by several threads.
/// </summary>
internal sealed class RecordWriter(RecordLayout layout)
{
    // Length of up to three bytes, check, time with escape, distance, id hash.
    private const int FixedBytesMax = 3 + 2 + 14 + PrefixVarint.MaxBytes + 8;

    // Most records have a length of one byte; longer ones are moved.
    private const int UsualHead = 1 + 2;

    /// <summary>Appends the record of an event.</summary>
    [HotPath]
    public void Write(RowBatch rows, int row, RowBatch columns, int columnRow, RecordBuffer to)
    {
        ReadOnlySpan<byte> id = layout.HasTextId ? rows.GetText(row, layout.Event.IdField) : default;
        Span<byte> room = to.Room(Bound(columns, columnRow) + id.Length);
        int at = UsualHead;
        long time = rows.Get(row, layout.Event.TimeField);
        at += WriteTime(room[at..], time);
        long delay = unchecked(layout.Event.KnownOf(rows, row) - time - layout.UsualDelay);
        at += PrefixVarint.Write(room[at..], PrefixVarint.ZigZag(delay));
        BinaryPrimitives.WriteUInt64LittleEndian(room[at..], IdOf(rows, row));
        at += 8;
        at += WriteColumns(room[at..], columns, columnRow);
        if (layout.HoldsText)
        {
            at += WriteBytes(room[at..], id);
        }

        to.Advance(Frame(room, at - UsualHead));
    }

    /// <summary>The id of an event as records hold it: XXH64 of its text, or the number itself.</summary>
    [HotPath]
    public ulong IdOf(RowBatch rows, int row) => layout.HasTextId
        ? XxHash64.HashToUInt64(rows.GetText(row, layout.Event.IdField))
        : (ulong)rows.Get(row, layout.Event.IdField);

    /// <summary>Writes a time: six bytes, or the escape and eight.</summary>
    internal static int WriteTime(Span<byte> to, long time)
    {
        ulong biased = unchecked((ulong)(time + RecordLayout.TimeBias));
        if (biased < RecordLayout.TimeEscape)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(to, biased);
            return 6;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(to, RecordLayout.TimeEscape);
        BinaryPrimitives.WriteInt64LittleEndian(to[6..], time);
        return 14;
    }

    /// <summary>Writes a number or the bits of a float.</summary>
    internal static int WriteNumber(Span<byte> to, ColumnForm form, long slot) => PrefixVarint.Write(
        to, form == ColumnForm.Float ? FloatNumber(slot) : PrefixVarint.ZigZag(slot));

    // Floats with few digits end in zeros: with the bytes turned round these lead and are not written.
    private static ulong FloatNumber(long bits) => BinaryPrimitives.ReverseEndianness((ulong)bits);

    private static int Frame(Span<byte> room, int length)
    {
        int lengthBytes = PrefixVarint.SizeOf((ulong)length);
        int head = lengthBytes + 2;
        if (lengthBytes > 1)
        {
            room.Slice(UsualHead, length).CopyTo(room[head..]);
        }

        ushort check = RecordCheck.OfBody(room, head, length);
        Span<byte> number = stackalloc byte[PrefixVarint.MaxBytes];
        PrefixVarint.Write(number, (ulong)length);
        number[..lengthBytes].CopyTo(room);
        BinaryPrimitives.WriteUInt16LittleEndian(room[lengthBytes..], check);
        return head + length;
    }

    private static int WriteBytes(Span<byte> to, ReadOnlySpan<byte> bytes)
    {
        int at = PrefixVarint.Write(to, (ulong)bytes.Length);
        bytes.CopyTo(to[at..]);
        return at + bytes.Length;
    }

    private int WriteColumns(Span<byte> to, RowBatch columns, int row)
    {
        Span<byte> bits = to[..layout.BitBytes];
        bits.Clear();
        int at = layout.BitBytes;
        for (int index = 0; index < layout.Columns.Length; index++)
        {
            ColumnLayout column = layout.Columns[index];
            if (column.PresenceBit >= 0)
            {
                if (!columns.IsPresent(row, index))
                {
                    continue;
                }

                SetBit(bits, column.PresenceBit);
            }

            if (column.ValueBit >= 0)
            {
                if (columns.Get(row, index) != 0)
                {
                    SetBit(bits, column.ValueBit);
                }

                continue;
            }

            at += WriteColumn(to[at..], column, columns, row, index);
        }

        return at;
    }

    private static int WriteColumn(Span<byte> to, ColumnLayout column, RowBatch columns, int row, int index)
    {
        if (column.Form == ColumnForm.Text)
        {
            return WriteBytes(to, columns.GetText(row, index));
        }

        if (column.Form != ColumnForm.List)
        {
            return WriteNumber(to, column.Form, columns.Get(row, index));
        }

        ReadOnlySpan<long> items = columns.GetList(row, index);
        int at = PrefixVarint.Write(to, (ulong)items.Length);
        foreach (long item in items)
        {
            at += column.ElementForm == ColumnForm.Text
                ? WriteBytes(to[at..], columns.TextOf(item))
                : WriteNumber(to[at..], column.ElementForm, item);
        }

        return at;
    }

    private static void SetBit(Span<byte> bits, int bit) => bits[bit >> 3] |= (byte)(1 << (bit & 7));

    private int Bound(RowBatch columns, int row)
    {
        int bytes = FixedBytesMax + layout.Overrun;
        for (int index = 0; index < layout.Columns.Length; index++)
        {
            ColumnLayout column = layout.Columns[index];
            if (column.Form == ColumnForm.Text)
            {
                bytes += columns.GetText(row, index).Length;
            }
            else if (column.Form == ColumnForm.List)
            {
                foreach (long item in columns.GetList(row, index))
                {
                    bytes += PrefixVarint.MaxBytes;
                    bytes += column.ElementForm == ColumnForm.Text ? TextHandle.Length(item) : 0;
                }
            }
        }

        return bytes;
    }
}
