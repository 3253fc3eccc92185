using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Serving.Data.Cells;

namespace Serving.Data.Json;

/// <summary>
/// JSON in the canonical form of RFC 8785: members ordered by UTF-16 code units, no white space, numbers as ECMAScript
/// writes them, so that equal documents have equal bytes and one hash.
/// </summary>
/// <remarks>
/// Numbers are binary64 there; REQUIRES: integers within +-(2^53 - 1) and finite floats. What may lie outside is
/// written as a string by its owner.
/// </remarks>
public static class CanonicalJson
{
    /// <summary>Greatest integer that RFC 8785 carries exactly.</summary>
    public const long IntegerMax = (1L << 53) - 1;

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\"\\\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"
        + "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");

    /// <summary>The canonical bytes of a document.</summary>
    public static byte[] Write(JsonNode? node)
    {
        var text = new StringBuilder();
        Append(text, node);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A number as ECMAScript's Number::toString writes it; -0 is 0. REQUIRES: finite.</summary>
    public static string Number(double value)
    {
        if (value == 0)
        {
            return "0";
        }

        ulong digits = ShortestDigits.Of(Math.Abs(value), out int power);
        ShortestDigits.StripZeros(ref digits, ref power);
        string text = digits.ToString(CultureInfo.InvariantCulture);
        return (value < 0 ? "-" : "") + Place(text, text.Length - 1 + power);
    }

    /// <summary>An integer: a number, or outside +-<see cref="IntegerMax"/> a string of its digits.</summary>
    public static JsonNode Integer(long value) => value is >= -IntegerMax and <= IntegerMax
        ? JsonValue.Create(value)
        : JsonValue.Create(value.ToString(CultureInfo.InvariantCulture));

    private static void Append(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject members:
                AppendObject(text, members);
                break;
            case JsonArray items:
                AppendArray(text, items);
                break;
            default:
                AppendValue(text, node.AsValue());
                break;
        }
    }

    private static void AppendObject(StringBuilder text, JsonObject members)
    {
        text.Append('{');
        string separator = "";
        foreach (KeyValuePair<string, JsonNode?> member in members.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            text.Append(separator);
            AppendString(text, member.Key);
            text.Append(':');
            Append(text, member.Value);
            separator = ",";
        }

        text.Append('}');
    }

    private static void AppendArray(StringBuilder text, JsonArray items)
    {
        text.Append('[');
        for (int index = 0; index < items.Count; index++)
        {
            text.Append(index == 0 ? "" : ",");
            Append(text, items[index]);
        }

        text.Append(']');
    }

    private static void AppendValue(StringBuilder text, JsonValue value)
    {
        if (value.TryGetValue(out string? word))
        {
            AppendString(text, word);
        }
        else if (value.TryGetValue(out bool flag))
        {
            text.Append(flag ? "true" : "false");
        }
        else if (value.TryGetValue(out int small))
        {
            text.Append(CultureInfo.InvariantCulture, $"{small}");
        }
        else if (value.TryGetValue(out long integer))
        {
            text.Append(Number(integer));
        }
        else
        {
            text.Append(Number(value.GetValue<double>()));
        }
    }

    private static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        if (!value.AsSpan().ContainsAny(Escaped))
        {
            text.Append(value).Append('"');
            return;
        }

        foreach (char character in value)
        {
            _ = character switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\t' => text.Append("\\t"),
                '\n' => text.Append("\\n"),
                '\f' => text.Append("\\f"),
                '\r' => text.Append("\\r"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => text.Append(character),
            };
        }

        text.Append('"');
    }

    // ECMAScript: plain for 1e-6 <= value < 1e21, else d.dddde+n.
    private static string Place(string digits, int exponent)
    {
        if (exponent is >= 0 and < 21)
        {
            return digits.Length <= exponent + 1
                ? digits + new string('0', exponent + 1 - digits.Length)
                : digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
        }

        if (exponent is < 0 and >= -6)
        {
            return "0." + new string('0', -exponent - 1) + digits;
        }

        string mantissa = digits.Length == 1 ? digits : digits[..1] + "." + digits[1..];
        return $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}";
    }
}
