using System.Text.Json;
using Serving.Data;
using Serving.Data.Cells;

namespace Serving.Server.Rest;

/// <summary>
/// Values of rows as REST spells them: numbers shortest round-trip, times in milliseconds, decimals as their text.
/// </summary>
internal static class JsonCells
{
    /// <summary>Writes a value that is present.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="cell">Scratch memory.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="row">Place of the row.</param>
    /// <param name="column">Place of the field.</param>
    public static void Write(Utf8JsonWriter writer, Utf8Buffer cell, RowBatch rows, int row, int column)
    {
        FieldType type = rows.Schema.Fields[column].Type;
        if (type.Kind != ValueKind.List)
        {
            WriteScalar(writer, cell, rows, type, rows.Get(row, column));
            return;
        }

        FieldType element = type.Element;
        writer.WriteStartArray();
        foreach (long item in rows.GetList(row, column))
        {
            WriteScalar(writer, cell, rows, element, item);
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes a number with the shortest digits that round-trip, in the spelling of files (R94).</summary>
    public static void WriteNumber(Utf8JsonWriter writer, double value)
    {
        Span<byte> text = stackalloc byte[CellWriter.ScalarBytesMax];
        int length = CellWriter.WriteFloat(text, value);
        writer.WriteRawValue(text[..length], skipInputValidation: true);
    }

    private static void WriteScalar(Utf8JsonWriter writer, Utf8Buffer cell, RowBatch rows, in FieldType type, long slot)
    {
        switch (type.Kind)
        {
            case ValueKind.Bool:
                writer.WriteBooleanValue(slot != 0);
                break;
            case ValueKind.Int:
            case ValueKind.Time:
                writer.WriteNumberValue(slot);
                break;
            case ValueKind.Float:
                WriteNumber(writer, BitConverter.Int64BitsToDouble(slot));
                break;
            case ValueKind.String:
                writer.WriteStringValue(rows.TextOf(slot));
                break;
            default:
                cell.Clear();
                CellWriter.Write(cell, type, slot, rows);
                writer.WriteStringValue(cell.Written);
                break;
        }
    }
}
