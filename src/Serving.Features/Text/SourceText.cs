using System.Text;

namespace Serving.Features.Text;

/// <summary>The text of a script with its lines. Immutable.</summary>
internal sealed class SourceText
{
    /// <summary>
    /// Longest script in bytes: a script is written by people; a longer one is a mistake or an attack.
    /// </summary>
    public const int BytesMax = 1 << 20;

    // Start of each line in Text, ascending; the first is 0.
    private readonly List<int> _lineStarts = [0];

    private SourceText(string path, string text)
    {
        Path = path;
        Text = text;
        for (int index = 0; index < text.Length; index++)
        {
            if (text[index] == '\n')
            {
                _lineStarts.Add(index + 1);
            }
        }
    }

    public string Path { get; }

    public string Text { get; }

    /// <summary>Decodes UTF-8; a damaged sequence becomes U+FFFD and its place is returned (else -1).</summary>
    public static SourceText Decode(ReadOnlySpan<byte> utf8, string path, out int damagedAt)
    {
        string text = Encoding.UTF8.GetString(utf8);
        damagedAt = -1;
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            damagedAt = IndexOfDamage(utf8);
        }

        return new SourceText(path, text);
    }

    /// <summary>Line (from 1) and column (from 1, in code points) of a place.</summary>
    public (int Line, int Column) Position(int index)
    {
        int found = _lineStarts.BinarySearch(index);
        int line = found >= 0 ? found : ~found - 1;
        return (line + 1, CountCodePoints(_lineStarts[line], index) + 1);
    }

    /// <summary>Length of a span in code points.</summary>
    public int CountCodePoints(int start, int end)
    {
        int count = 0;
        for (int index = start; index < Math.Min(end, Text.Length); index++)
        {
            count += char.IsLowSurrogate(Text[index]) && index > start && char.IsHighSurrogate(Text[index - 1]) ? 0 : 1;
        }

        return count + Math.Max(0, end - Math.Max(start, Text.Length));
    }

    /// <summary>The text of a line (from 1) without its end.</summary>
    public string Line(int line)
    {
        int start = _lineStarts[line - 1];
        int end = line < _lineStarts.Count ? _lineStarts[line] - 1 : Text.Length;
        return Text[start..end].TrimEnd('\r');
    }

    private static int IndexOfDamage(ReadOnlySpan<byte> utf8)
    {
        int chars = 0;
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out Rune rune, out int consumed) != System.Buffers.OperationStatus.Done)
            {
                return chars;
            }

            chars += rune.Utf16SequenceLength;
            utf8 = utf8[consumed..];
        }

        return chars;
    }
}
