using System.Globalization;
using System.Text;
using System.Text.Json;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Time;

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

        json.WritePropertyName(name);
        WriteBareField(json, rows, row, field);
    }

    /// <summary>Writes the value of a field that is there.</summary>
    public static void WriteBareField(Utf8JsonWriter json, RowBatch rows, int row, int field)
    {
        FieldType type = rows.Schema.Fields[field].Type;
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

    /// <summary>
    /// Appends an object of fields as a row; members that are no field are passed over. Returns what is wrong with a
    /// value, or null.
    /// </summary>
    /// <param name="fields">The object.</param>
    /// <param name="rows">Receives the row.</param>
    /// <param name="passedOver">Names whose values are none of their fields: masked ones.</param>
    public static string? ReadRow(JsonElement fields, RowBatch rows, IReadOnlyCollection<string>? passedOver = null)
    {
        int row = rows.AddRow();
        if (fields.ValueKind != JsonValueKind.Object)
        {
            return "not an object of fields";
        }

        foreach (JsonProperty member in fields.EnumerateObject())
        {
            int field = rows.Schema.IndexOf(member.Name);
            bool isRead = field >= 0 && passedOver?.Contains(member.Name) != true;
            if (isRead && !TryReadField(member.Value, rows, row, field))
            {
                return $"'{member.Name}' is no {rows.Schema.Fields[field].Type}";
            }
        }

        return null;
    }

    private static bool TryReadField(JsonElement value, RowBatch rows, int row, int field)
    {
        FieldType type = rows.Schema.Fields[field].Type;
        if (value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (type.Kind != ValueKind.List)
        {
            bool isGood = TryReadValue(value, rows, type, out long slot);
            if (isGood)
            {
                rows.Set(row, field, slot);
            }

            return isGood;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        rows.BeginList();
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (!TryReadValue(item, rows, type.Element, out long slot))
            {
                return false;
            }

            rows.AddItem(slot);
        }

        rows.EndList(row, field);
        return true;
    }

    private static bool TryReadValue(JsonElement value, RowBatch rows, FieldType type, out long slot)
    {
        slot = 0;
        switch (type.Kind)
        {
            case ValueKind.Bool:
                slot = value.ValueKind == JsonValueKind.True ? 1 : 0;
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False;
            case ValueKind.Int:
            case ValueKind.Time:
                return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out slot);
            case ValueKind.Float:
                double number = 0;
                bool isNumber = value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out number);
                slot = BitConverter.DoubleToInt64Bits(number);
                return isNumber;
            case ValueKind.String:
                bool isText = value.ValueKind == JsonValueKind.String;
                slot = isText ? rows.AddText(Encoding.UTF8.GetBytes(value.GetString()!)) : 0;
                return isText;
            default:
                return value.ValueKind == JsonValueKind.String && TryReadCell(value.GetString()!, type, out slot);
        }
    }

    private static bool TryReadCell(string text, FieldType type, out long slot)
    {
        if (type.Kind == ValueKind.Digest)
        {
            return long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out slot);
        }

        return new CellReader(ZoneTable.Utc).ReadNumber(Encoding.UTF8.GetBytes(text), type, out slot) == CellFault.None;
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
