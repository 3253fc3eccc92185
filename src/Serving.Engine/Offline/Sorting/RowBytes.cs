using System.Buffers.Binary;
using Serving.Data;

namespace Serving.Engine.Offline.Sorting;

/// <summary>
/// Rows of batches as bytes and back: for each field a byte that says whether it is present, then its slot; strings and
/// lists with their length and contents. Not safe for use by several threads.
/// </summary>
internal sealed class RowBytes
{
    private byte[] _bytes = new byte[256];
    private int _length;

    /// <summary>The bytes written since <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    /// <summary>Appends bytes that another wrote.</summary>
    public void Append(ReadOnlySpan<byte> row) => row.CopyTo(Reserve(row.Length));

    /// <summary>Writes one row of a batch.</summary>
    public void Write(RowBatch rows, int row)
    {
        for (int field = 0; field < rows.FieldCount; field++)
        {
            bool isPresent = rows.IsPresent(row, field);
            Reserve(1)[0] = isPresent ? (byte)1 : (byte)0;
            if (isPresent)
            {
                WriteSlot(rows, rows.Schema.Fields[field].Type, rows.Get(row, field));
            }
        }
    }

    /// <summary>
    /// Fills an empty row of a batch from what <see cref="Write"/> wrote; returns the bytes behind it.
    /// </summary>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> bytes, RowBatch rows, int row)
    {
        for (int field = 0; field < rows.FieldCount; field++)
        {
            bool isPresent = bytes[0] != 0;
            bytes = bytes[1..];
            if (!isPresent)
            {
                continue;
            }

            FieldType type = rows.Schema.Fields[field].Type;
            if (type.Kind == ValueKind.List)
            {
                bytes = ReadList(bytes, rows, row, field, type.ElementKind);
            }
            else
            {
                bytes = ReadSlot(bytes, rows, type.Kind, out long slot);
                rows.Set(row, field, slot);
            }
        }

        return bytes;
    }

    private static ReadOnlySpan<byte> ReadList(
        ReadOnlySpan<byte> bytes, RowBatch rows, int row, int field, ValueKind element)
    {
        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        bytes = bytes[sizeof(int)..];
        rows.BeginList();
        for (int index = 0; index < count; index++)
        {
            bytes = ReadSlot(bytes, rows, element, out long slot);
            rows.AddItem(slot);
        }

        rows.EndList(row, field);
        return bytes;
    }

    private static ReadOnlySpan<byte> ReadSlot(ReadOnlySpan<byte> bytes, RowBatch rows, ValueKind kind, out long slot)
    {
        if (kind != ValueKind.String)
        {
            slot = BinaryPrimitives.ReadInt64LittleEndian(bytes);
            return bytes[sizeof(long)..];
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        slot = rows.AddText(bytes.Slice(sizeof(int), length));
        return bytes[(sizeof(int) + length)..];
    }

    private void WriteSlot(RowBatch rows, in FieldType type, long slot)
    {
        switch (type.Kind)
        {
            case ValueKind.String:
                WriteText(rows.TextOf(slot));
                break;
            case ValueKind.List:
                BinaryPrimitives.WriteInt32LittleEndian(Reserve(sizeof(int)), TextHandle.Length(slot));
                foreach (long item in rows.Items.AsSpan(TextHandle.Offset(slot), TextHandle.Length(slot)))
                {
                    if (type.ElementKind == ValueKind.String)
                    {
                        WriteText(rows.TextOf(item));
                    }
                    else
                    {
                        BinaryPrimitives.WriteInt64LittleEndian(Reserve(sizeof(long)), item);
                    }
                }

                break;
            default:
                BinaryPrimitives.WriteInt64LittleEndian(Reserve(sizeof(long)), slot);
                break;
        }
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Reserve(sizeof(int)), text.Length);
        text.CopyTo(Reserve(text.Length));
    }

    private Span<byte> Reserve(int count)
    {
        if (_length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_length + count, _bytes.Length * 2));
        }

        Span<byte> room = _bytes.AsSpan(_length, count);
        _length += count;
        return room;
    }
}
