using System.Text.Json;
using Serving.Data;
using Serving.Data.Cells;

namespace Serving.Engine.Predictions;

/// <summary>
/// Values of rows as records hold them, read back without loss: int a number, decimal and digest their cell's text,
/// time milliseconds, float the shortest number that round-trips; a missing field is absent.
/// </summary>
internal static class RecordJson
{
    /// <summary>Writes an object of a row's present fields.</summary>
    public static void WriteRow(
        Utf8JsonWriter json, ReadOnlySpan<byte> name, RowBatch rows, int row, Func<Field, bool> isShown)
    {
        json.WriteStartObject(name);
        for (int field = 0; field < rows.FieldCount; field++)
        {
            Field declared = rows.Schema.Fields[field];
            if (isShown(declared))
            {
                WriteField(json, declared.Name, rows, row, field);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>Writes one member; nothing where the field is missing.</summary>
    public static void WriteField(Utf8JsonWriter json, string name, RowBatch rows, int row, int field)
    {
        if (!rows.IsPresent(row, field))
        {
            return;
        }

        FieldType type = rows.Schema.Fields[field].Type;
        json.WritePropertyName(name);
        if (type.Kind != ValueKind.List)
        {
            WriteValue(json, rows, type, rows.Get(row, field));
            return;
        }

        json.WriteStartArray();
        foreach (long item in rows.GetList(row, field))
        {
            WriteValue(json, rows, type.Element, item);
        }

        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, RowBatch rows, FieldType type, long slot)
    {
        switch (type.Kind)
        {
            case ValueKind.Bool:
                json.WriteBooleanValue(slot != 0);
                break;
            case ValueKind.Float:
                json.WriteNumberValue(BitConverter.Int64BitsToDouble(slot));
                break;
            case ValueKind.String:
                json.WriteStringValue(rows.TextOf(slot));
                break;
            case ValueKind.Int:
            case ValueKind.Time:
                json.WriteNumberValue(slot);
                break;
            default:
                Span<byte> text = stackalloc byte[CellWriter.ScalarBytesMax];
                json.WriteStringValue(text[..CellWriter.WriteScalar(text, type, slot)]);
                break;
        }
    }
}
