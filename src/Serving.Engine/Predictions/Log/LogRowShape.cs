using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Which fields of a batch's rows a frame holds, and how they are written: for each field a byte (0 missing, 1 the
/// value, 2 sealed, 3 its HMAC), then what is there in the same order: a bool 1 byte, a string its length and bytes, a
/// list its count and items, what is sealed or an HMAC its length and bytes, all else 8 bytes. Immutable.
/// </summary>
internal sealed class LogRowShape
{
    /// <summary>The field is missing.</summary>
    public const byte Missing = 0;

    /// <summary>The field's value follows.</summary>
    public const byte Plain = 1;

    /// <summary>The field's value follows, encrypted.</summary>
    public const byte Sealed = 2;

    /// <summary>The keyed HMAC of the field's cell follows.</summary>
    public const byte Hashed = 3;

    private readonly int[] _places;
    private readonly FieldType[] _types;

    /// <summary>Makes the shape of some fields of a batch.</summary>
    /// <param name="name">Name of the rows.</param>
    /// <param name="rows">Schema of the batch.</param>
    /// <param name="places">Which of its fields are written.</param>
    public LogRowShape(string name, RowSchema rows, ImmutableArray<int> places)
    {
        Schema = new RowSchema(name, [.. places.Select(place => rows.Fields[place])]);
        _places = [.. places];
        _types = [.. Schema.Fields.Select(field => field.Type)];
    }

    /// <summary>The fields that are written.</summary>
    public RowSchema Schema { get; }

    /// <summary>Writes a row.</summary>
    [HotPath]
    public void Write(LogBytes bytes, RowBatch rows, int row)
    {
        Span<byte> heads = bytes.Append(_places.Length);
        for (int field = 0; field < _places.Length; field++)
        {
            heads[field] = rows.IsPresent(row, _places[field]) ? Plain : Missing;
        }

        for (int field = 0; field < _places.Length; field++)
        {
            if (rows.IsPresent(row, _places[field]))
            {
                WriteField(bytes, rows, _types[field], rows.Get(row, _places[field]));
            }
        }
    }

    [HotPath]
    private static void WriteField(LogBytes bytes, RowBatch rows, in FieldType type, long slot)
    {
        if (type.Kind != ValueKind.List)
        {
            WriteValue(bytes, rows, type.Kind, slot);
            return;
        }

        ReadOnlySpan<long> items = rows.Items.AsSpan(TextHandle.Offset(slot), TextHandle.Length(slot));
        bytes.WriteVarint((uint)items.Length);
        foreach (long item in items)
        {
            WriteValue(bytes, rows, type.ElementKind, item);
        }
    }

    [HotPath]
    private static void WriteValue(LogBytes bytes, RowBatch rows, ValueKind kind, long slot)
    {
        switch (kind)
        {
            case ValueKind.Bool:
                bytes.WriteByte((byte)slot);
                break;
            case ValueKind.String:
                bytes.WriteText(rows.TextOf(slot));
                break;
            default:
                bytes.WriteInt64(slot);
                break;
        }
    }
}
