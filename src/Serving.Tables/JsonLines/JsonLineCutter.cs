using Serving.Tables.Files;

namespace Serving.Tables.JsonLines;

/// <summary>Finds ends of lines: JSON never holds a raw line end inside a value that matters here.</summary>
internal sealed class JsonLineCutter : IRecordCutter
{
    public RecordCut Cut(ReadOnlySpan<byte> text, bool isLast)
    {
        int end = isLast ? text.Length : text.LastIndexOf((byte)'\n') + 1;
        ReadOnlySpan<byte> whole = text[..end];
        int lines = whole.Count((byte)'\n');
        bool mayBeBlank = whole.IndexOf("\n\n"u8) >= 0 || whole.IndexOf("\n\r"u8) >= 0 || whole.IndexOf("\n "u8) >= 0
            || whole.IndexOf("\n\t"u8) >= 0 || (end > 0 && IsBlank(whole[..1]));
        bool isOpen = end > 0 && whole[^1] != (byte)'\n';
        return new RecordCut(end, mayBeBlank ? CountRecords(whole) : lines + (isOpen ? 1 : 0), lines);
    }

    public int FirstRecordEnd(ReadOnlySpan<byte> text, bool isLast)
    {
        int end = text.IndexOf((byte)'\n') + 1;
        return end == 0 && isLast ? text.Length : end;
    }

    /// <summary>Whether a line holds nothing but blanks.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> line) => !line.ContainsAnyExcept(" \t\r\n"u8);

    private static int CountRecords(ReadOnlySpan<byte> text)
    {
        int records = 0;
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            records += IsBlank(line) ? 0 : 1;
            text = end < 0 ? [] : text[(end + 1)..];
        }

        return records;
    }
}
