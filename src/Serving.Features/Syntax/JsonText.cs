using System.Globalization;
using System.Text;

namespace Serving.Features.Syntax;

/// <summary>Strings of a script have the syntax of JSON strings (R2).</summary>
internal static class JsonText
{
    /// <summary>
    /// Resolves the escapes between the quotes; false for a bad escape, a control character or half a pair.
    /// </summary>
    public static bool TryUnescape(ReadOnlySpan<char> body, out string value)
    {
        var text = new StringBuilder(body.Length);
        value = "";
        for (int index = 0; index < body.Length; index++)
        {
            char c = body[index];
            if (c < ' ')
            {
                return false;
            }

            if (c == '\\')
            {
                index++;
                if (!TryEscape(body, ref index, out c))
                {
                    return false;
                }
            }

            text.Append(c);
        }

        value = text.ToString();
        return HasWholePairs(value);
    }

    /// <summary>Writes a value as a JSON string, quotes included.</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }

    private static bool TryEscape(ReadOnlySpan<char> body, ref int index, out char value)
    {
        value = '\0';
        if (index >= body.Length)
        {
            return false;
        }

        switch (body[index])
        {
            case '"' or '\\' or '/': value = body[index]; return true;
            case 'b': value = '\b'; return true;
            case 'f': value = '\f'; return true;
            case 'n': value = '\n'; return true;
            case 'r': value = '\r'; return true;
            case 't': value = '\t'; return true;
            case 'u' when index + 4 < body.Length:
                bool read = ushort.TryParse(
                    body.Slice(index + 1, 4),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out ushort unit);
                value = (char)unit;
                index += 4;
                return read;
            default: return false;
        }
    }

    private static bool HasWholePairs(string text)
    {
        for (int index = 0; index < text.Length; index++)
        {
            if (char.IsSurrogate(text[index]))
            {
                if (index + 1 >= text.Length || !char.IsSurrogatePair(text[index], text[index + 1]))
                {
                    return false;
                }

                index++;
            }
        }

        return true;
    }
}
