using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Serving.Data.Cells;

/// <summary>
/// JSON strings as UTF-8 bytes, both ways, with the fewest escapes that JSON allows. Safe for use by several threads.
/// </summary>
public static class JsonText
{
    private static readonly SearchValues<byte> s_escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    /// <summary>
    /// Appends a JSON string with its quotes: quote, backslash and control characters escaped, all else raw. Bytes that
    /// are not UTF-8 become U+FFFD.
    /// </summary>
    public static void WriteString(Utf8Buffer output, ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
        {
            text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
        }

        output.Add((byte)'"');
        for (int special = text.IndexOfAny(s_escaped); special >= 0; special = text.IndexOfAny(s_escaped))
        {
            output.Add(text[..special]);
            WriteEscape(output, text[special]);
            text = text[(special + 1)..];
        }

        output.Add(text);
        output.Add((byte)'"');
    }

    /// <summary>
    /// Reads what stands between the quotes of a JSON string. Returns false, with <paramref name="written"/> undefined,
    /// for wrong escapes, lone surrogates and raw control characters; bytes are not checked to be UTF-8.
    /// </summary>
    /// <param name="inner">The text without its quotes.</param>
    /// <param name="destination">Room for as many bytes as <paramref name="inner"/> has.</param>
    /// <param name="written">Bytes written.</param>
    public static bool TryUnescape(ReadOnlySpan<byte> inner, Span<byte> destination, out int written)
    {
        written = 0;
        while (true)
        {
            int special = inner.IndexOfAny(s_escaped);
            ReadOnlySpan<byte> plain = special < 0 ? inner : inner[..special];
            plain.CopyTo(destination[written..]);
            written += plain.Length;
            if (special < 0)
            {
                return true;
            }

            inner = inner[special..];
            if (inner[0] != (byte)'\\' || !TryUnescapeOne(ref inner, destination, ref written))
            {
                return false;
            }
        }
    }

    private static void WriteEscape(Utf8Buffer output, byte value)
    {
        output.Add((byte)'\\');
        byte letter = value switch
        {
            (byte)'"' or (byte)'\\' => value,
            0x08 => (byte)'b',
            0x0C => (byte)'f',
            0x0A => (byte)'n',
            0x0D => (byte)'r',
            0x09 => (byte)'t',
            _ => (byte)'u',
        };
        output.Add(letter);
        if (letter == (byte)'u')
        {
            Utf8Formatter.TryFormat(value, output.GetSpan(4), out int count, new StandardFormat('X', 4));
            output.Advance(count);
        }
    }

    private static bool TryUnescapeOne(ref ReadOnlySpan<byte> rest, Span<byte> destination, ref int written)
    {
        if (rest.Length < 2)
        {
            return false;
        }

        int letter = rest[1] switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' => rest[1],
            (byte)'b' => 0x08,
            (byte)'f' => 0x0C,
            (byte)'n' => 0x0A,
            (byte)'r' => 0x0D,
            (byte)'t' => 0x09,
            _ => -1,
        };
        if (letter < 0)
        {
            return TryUnescapeCodePoint(ref rest, destination, ref written);
        }

        destination[written++] = (byte)letter;
        rest = rest[2..];
        return true;
    }

    private static bool TryUnescapeCodePoint(ref ReadOnlySpan<byte> rest, Span<byte> destination, ref int written)
    {
        if (!TryHex(rest, out char first))
        {
            return false;
        }

        Rune rune;
        if (char.IsHighSurrogate(first) && TryHex(rest[6..], out char second))
        {
            if (!Rune.TryCreate(first, second, out rune))
            {
                return false;
            }

            rest = rest[12..];
        }
        else if (Rune.TryCreate(first, out rune))
        {
            rest = rest[6..];
        }
        else
        {
            return false;
        }

        written += rune.EncodeToUtf8(destination[written..]);
        return true;
    }

    private static bool TryHex(ReadOnlySpan<byte> text, out char value)
    {
        value = '\0';
        if (text.Length < 6 || text[0] != (byte)'\\' || text[1] != (byte)'u')
        {
            return false;
        }

        bool ok = Utf8Parser.TryParse(text.Slice(2, 4), out ushort number, out int used, 'x') && used == 4;
        value = (char)number;
        return ok;
    }
}
