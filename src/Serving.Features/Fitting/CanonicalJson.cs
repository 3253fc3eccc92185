using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Serving.Features.Fitting;

/// <summary>
/// Writes JSON in the canonical form of RFC 8785: members by their names' UTF-16 units, no blanks, shortest numbers as
/// ECMAScript prints them, and only those escapes that JSON asks for.
/// </summary>
internal static class CanonicalJson
{
    // Beyond it a JSON number is no longer exact for every reader: such counts are strings.
    private const long IntegerMax = 1L << 53;

    /// <summary>The canonical bytes of a tree whose numbers are longs and doubles.</summary>
    public static byte[] Write(JsonNode node)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(node, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>An integer: a number, or beyond 2^53 a string of its digits.</summary>
    public static JsonNode Integer(long value) => value is >= -IntegerMax and <= IntegerMax
        ? JsonValue.Create(value)
        : JsonValue.Create(value.ToString(CultureInfo.InvariantCulture));

    private static void Write(JsonNode? node, ArrayBufferWriter<byte> output)
    {
        switch (node)
        {
            case JsonObject members:
                WriteObject(members, output);
                break;
            case JsonArray items:
                WriteArray(items, output);
                break;
            case JsonValue value:
                WriteValue(value, output);
                break;
            default:
                Append(output, "null");
                break;
        }
    }

    private static void WriteObject(JsonObject members, ArrayBufferWriter<byte> output)
    {
        string separator = "{";
        foreach ((string name, JsonNode? value) in members.OrderBy(member => member.Key, StringComparer.Ordinal))
        {
            Append(output, separator);
            WriteString(name, output);
            Append(output, ":");
            Write(value, output);
            separator = ",";
        }

        Append(output, members.Count == 0 ? "{}" : "}");
    }

    private static void WriteArray(JsonArray items, ArrayBufferWriter<byte> output)
    {
        Append(output, "[");
        for (int index = 0; index < items.Count; index++)
        {
            if (index > 0)
            {
                Append(output, ",");
            }

            Write(items[index], output);
        }

        Append(output, "]");
    }

    private static void WriteValue(JsonValue value, ArrayBufferWriter<byte> output)
    {
        if (value.TryGetValue(out string? text))
        {
            WriteString(text, output);
        }
        else if (value.TryGetValue(out long integer))
        {
            Append(output, integer.ToString(CultureInfo.InvariantCulture));
        }
        else if (value.TryGetValue(out bool truth))
        {
            Append(output, truth ? "true" : "false");
        }
        else
        {
            Append(output, FormatNumber(value.GetValue<double>()));
        }
    }

    /// <summary>A finite number as ECMAScript's Number.prototype.toString prints it.</summary>
    public static string FormatNumber(double value)
    {
        if (value == 0)
        {
            return "0";
        }

        // .NET gives the same shortest digits and puts the point elsewhere.
        string[] parts = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        string[] sides = parts[0].Split('.');
        string all = string.Concat(sides);
        string digits = all.TrimStart('0').TrimEnd('0');
        int exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        int point = sides[0].Length - (all.Length - all.TrimStart('0').Length) + exponent;
        string sign = value < 0 ? "-" : "";
        return sign + Layout(digits, point);
    }

    // digits * 10^(point - digits.Length), laid out by ECMA-262, Number::toString.
    private static string Layout(string digits, int point)
    {
        if (point is > 0 and <= 21)
        {
            return digits.Length <= point
                ? digits + new string('0', point - digits.Length)
                : $"{digits[..point]}.{digits[point..]}";
        }

        if (point is > -6 and <= 0)
        {
            return $"0.{new string('0', -point)}{digits}";
        }

        string exponent = (point - 1).ToString("+0;-0", CultureInfo.InvariantCulture);
        return digits.Length == 1 ? $"{digits}e{exponent}" : $"{digits[0]}.{digits[1..]}e{exponent}";
    }

    private static void WriteString(string text, ArrayBufferWriter<byte> output)
    {
        var escaped = new StringBuilder(text.Length + 2).Append('"');
        foreach (char character in text)
        {
            _ = character switch
            {
                '"' => escaped.Append("\\\""),
                '\\' => escaped.Append("\\\\"),
                '\b' => escaped.Append("\\b"),
                '\t' => escaped.Append("\\t"),
                '\n' => escaped.Append("\\n"),
                '\f' => escaped.Append("\\f"),
                '\r' => escaped.Append("\\r"),
                < ' ' => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => escaped.Append(character),
            };
        }

        Append(output, escaped.Append('"').ToString());
    }

    private static void Append(ArrayBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
