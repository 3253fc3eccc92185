using Serving.Data;

namespace Serving.Engine.Predictions.Log;

/// <summary>Reads rows as <see cref="LogRowShape"/> writes them. Total on hostile bytes.</summary>
internal static class LogRowReader
{
    /// <summary>
    /// Appends a row. Fields that are sealed or hashed stay missing; their bytes are in <paramref name="masked"/> by
    /// the field's place.
    /// </summary>
    public static void Read(
        ref LogReadBytes bytes, RowBatch rows, Dictionary<int, (byte Head, byte[] Bytes)>? masked)
    {
        int row = rows.AddRow();
        ReadOnlySpan<byte> heads = bytes.Take(rows.FieldCount);
        for (int field = 0; field < heads.Length; field++)
        {
            switch (heads[field])
            {
                case LogRowShape.Missing:
                    break;
                case LogRowShape.Plain:
                    ReadField(ref bytes, rows, row, field);
                    break;
                default:
                    masked?.Add(field, (heads[field], bytes.ReadUtf8().ToArray()));
                    break;
            }
        }
    }

    /// <summary>Reads one field's value into a row.</summary>
    public static void ReadField(ref LogReadBytes bytes, RowBatch rows, int row, int field)
    {
        FieldType type = rows.Schema.Fields[field].Type;
        if (type.Kind != ValueKind.List)
        {
            rows.Set(row, field, ReadValue(ref bytes, rows, type.Kind));
            return;
        }

        uint count = bytes.ReadVarint();
        rows.BeginList();
        for (uint item = 0; item < count && !bytes.IsWrong; item++)
        {
            rows.AddItem(ReadValue(ref bytes, rows, type.ElementKind));
        }

        rows.EndList(row, field);
    }

    /// <summary>Bytes of one field's value at the front of some bytes.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes, in FieldType type)
    {
        var reader = new LogReadBytes(bytes);
        uint count = type.Kind == ValueKind.List ? reader.ReadVarint() : 1;
        ValueKind kind = type.Kind == ValueKind.List ? type.ElementKind : type.Kind;
        for (uint item = 0; item < count && !reader.IsWrong; item++)
        {
            reader.Take(kind == ValueKind.Bool ? 1 : kind == ValueKind.String ? reader.ReadVarint() : sizeof(long));
        }

        return bytes.Length - reader.Rest.Length;
    }

    private static long ReadValue(ref LogReadBytes bytes, RowBatch rows, ValueKind kind) => kind switch
    {
        ValueKind.Bool => bytes.ReadByte() & 1,
        ValueKind.String => rows.AddText(bytes.ReadUtf8()),
        ValueKind.Float => ReadFloat(ref bytes),
        _ => bytes.ReadInt64(),
    };

    // The language has finite numbers alone: another one was not written by us.
    private static long ReadFloat(ref LogReadBytes bytes)
    {
        long slot = bytes.ReadInt64();
        if (!double.IsFinite(BitConverter.Int64BitsToDouble(slot)))
        {
            bytes.Refuse();
        }

        return slot;
    }
}
