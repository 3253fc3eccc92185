using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Data;
using Serving.Data.Json;

namespace Serving.Engine.Bundles;

/// <summary>
/// Values of a sample's request in JSON, exactly: what a binary64 number does not carry is a string. Int: a number
/// within +-(2^53 - 1), else its digits as a string; decimal: its digits as a string; time: milliseconds; float: a
/// number.
/// </summary>
internal static class SampleJson
{
    /// <summary>A row as an object; missing fields are absent.</summary>
    public static JsonObject WriteRow(RowBatch rows, int row)
    {
        var fields = new JsonObject();
        for (int field = 0; field < rows.FieldCount; field++)
        {
            Field declared = rows.Schema.Fields[field];
            if (!rows.IsPresent(row, field))
            {
                continue;
            }

            fields[declared.Name] = declared.Type.Kind == ValueKind.List
                ? WriteList(rows, declared.Type.Element, rows.GetList(row, field))
                : Write(rows, declared.Type, rows.Get(row, field));
        }

        return fields;
    }

    /// <summary>Appends an object as a row; notes fields that are unknown and values that do not fit.</summary>
    public static void ReadRow(JsonElement request, RowBatch rows, string place, BundleProblems problems)
    {
        int row = rows.AddRow();
        if (request.ValueKind != JsonValueKind.Object)
        {
            problems.Add(place, $"{request.ValueKind}", "an object of fields");
            return;
        }

        foreach (JsonProperty member in request.EnumerateObject())
        {
            int field = rows.Schema.IndexOf(member.Name);
            if (field < 0)
            {
                problems.Add($"{place}, '{member.Name}'", "a field", "one of the request's fields");
            }
            else if (!TryRead(member.Value, rows, row, field))
            {
                problems.Add(
                    $"{place}, '{member.Name}'", $"{member.Value.ValueKind}", $"{rows.Schema.Fields[field].Type}");
            }
        }
    }

    private static JsonArray WriteList(RowBatch rows, FieldType element, ReadOnlySpan<long> items)
    {
        var array = new JsonArray();
        foreach (long item in items)
        {
            array.Add(Write(rows, element, item));
        }

        return array;
    }

    private static JsonNode Write(RowBatch rows, FieldType type, long slot) => type.Kind switch
    {
        ValueKind.Bool => JsonValue.Create(slot != 0),
        ValueKind.Float => JsonValue.Create(BitConverter.Int64BitsToDouble(slot)),
        ValueKind.String => JsonValue.Create(Encoding.UTF8.GetString(rows.TextOf(slot))),
        ValueKind.Decimal => JsonValue.Create(DecimalText(slot, type.Scale)),
        _ => slot is >= -CanonicalJson.IntegerMax and <= CanonicalJson.IntegerMax
            ? JsonValue.Create(slot)
            : JsonValue.Create(slot.ToString(CultureInfo.InvariantCulture)),
    };

    private static bool TryRead(JsonElement value, RowBatch rows, int row, int field)
    {
        FieldType type = rows.Schema.Fields[field].Type;
        if (type.Kind == ValueKind.List)
        {
            return TryReadList(value, rows, row, field, type);
        }

        if (!TrySlot(value, rows, type, out long slot))
        {
            return false;
        }

        rows.Set(row, field, slot);
        return true;
    }

    private static bool TryReadList(JsonElement value, RowBatch rows, int row, int field, FieldType type)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > type.ListMaximum)
        {
            return false;
        }

        rows.BeginList();
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (!TrySlot(item, rows, type.Element, out long slot))
            {
                return false;
            }

            rows.AddItem(slot);
        }

        rows.EndList(row, field);
        return true;
    }

    private static bool TrySlot(JsonElement value, RowBatch rows, FieldType type, out long slot)
    {
        slot = 0;
        switch (type.Kind)
        {
            case ValueKind.Bool:
                slot = value.ValueKind == JsonValueKind.True ? 1 : 0;
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False;
            case ValueKind.Int or ValueKind.Time:
                return value.ValueKind == JsonValueKind.Number
                    ? value.TryGetInt64(out slot)
                    : value.ValueKind == JsonValueKind.String && long.TryParse(
                        value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out slot);
            case ValueKind.Float:
                bool isNumber = value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number)
                    && double.IsFinite(number) && TakeFloat(number, out slot);
                return isNumber;
            case ValueKind.Decimal:
                return value.ValueKind == JsonValueKind.String && TryDecimal(value.GetString()!, type.Scale, out slot);
            default:
                return TryText(value, rows, out slot);
        }
    }

    private static bool TakeFloat(double number, out long slot)
    {
        slot = BitConverter.DoubleToInt64Bits(number + 0.0);
        return true;
    }

    private static bool TryText(JsonElement value, RowBatch rows, out long slot)
    {
        slot = 0;
        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        byte[] utf8 = Encoding.UTF8.GetBytes(value.GetString()!);
        if (utf8.Length > RowBatch.TextBytesMax)
        {
            return false;
        }

        slot = rows.AddText(utf8);
        return true;
    }

    private static string DecimalText(long minor, int scale)
    {
        string digits = (minor < 0 ? (UInt128)(-(Int128)minor) : (UInt128)minor).ToString(CultureInfo.InvariantCulture)
            .PadLeft(scale + 1, '0');
        string sign = minor < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    private static bool TryDecimal(string text, int scale, out long minor)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        bool isScaled = point < 0 ? scale == 0 : scale > 0 && text.Length - point - 1 == scale;
        minor = 0;
        return isScaled && long.TryParse(
            text.Replace(".", "", StringComparison.Ordinal),
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out minor);
    }
}
