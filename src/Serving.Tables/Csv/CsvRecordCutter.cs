using Serving.Tables.Files;

namespace Serving.Tables.Csv;

/// <summary>
/// Finds ends of records. A quote opens a quoted cell only at the cell's first byte, exactly as
/// <see cref="CsvCellCursor"/> reads it: the two must agree on where a record ends.
/// </summary>
/// <param name="delimiter">The byte between cells.</param>
internal sealed class CsvRecordCutter(byte delimiter) : IRecordCutter
{
    /// <summary>
    /// Whether a blank line is no record: so in all files but those of one column, where it is a missing cell.
    /// </summary>
    public bool SkipsBlankLines { get; set; } = true;

    public RecordCut Cut(ReadOnlySpan<byte> text, bool isLast)
    {
        // Without quotes a line is a record, and counting line ends runs at memory speed.
        if (!text.Contains(CsvDialect.Quote) && !(SkipsBlankLines && HasBlankLines(text)))
        {
            int end = text.LastIndexOf((byte)'\n') + 1;
            int lines = text[..end].Count((byte)'\n');
            int openRecords = isLast && end < text.Length ? 1 : 0;
            return new RecordCut(isLast ? text.Length : end, lines + openRecords, lines);
        }

        return CutByRecords(text, isLast);
    }

    public int FirstRecordEnd(ReadOnlySpan<byte> text, bool isLast)
    {
        int end = EndOfRecord(text, 0);
        return end < 0 && isLast ? text.Length : Math.Max(end, 0);
    }

    private RecordCut CutByRecords(ReadOnlySpan<byte> text, bool isLast)
    {
        int start = 0;
        int records = 0;
        int lines = 0;
        while (start < text.Length)
        {
            int end = EndOfRecord(text, start);
            if (end < 0 && !isLast)
            {
                break;
            }

            end = end < 0 ? text.Length : end;
            ReadOnlySpan<byte> record = text[start..end];
            records += SkipsBlankLines && IsBlank(record) ? 0 : 1;
            lines += record.Count((byte)'\n');
            start = end;
        }

        return new RecordCut(start, records, lines);
    }

    private int EndOfRecord(ReadOnlySpan<byte> text, int start)
    {
        int at = start;
        while (true)
        {
            int step = text[at..].IndexOfAny((byte)'\n', CsvDialect.Quote);
            if (step < 0)
            {
                return -1;
            }

            at += step;
            if (text[at] == (byte)'\n')
            {
                return at + 1;
            }

            bool opens = at == start || text[at - 1] == delimiter;
            at = opens ? EndOfQuotes(text, at + 1) : at + 1;
            if (at < 0)
            {
                return -1;
            }
        }
    }

    private static int EndOfQuotes(ReadOnlySpan<byte> text, int at)
    {
        while (true)
        {
            int step = text[at..].IndexOf(CsvDialect.Quote);
            if (step < 0)
            {
                return -1;
            }

            at += step + 1;
            if (at == text.Length || text[at] != CsvDialect.Quote)
            {
                return at;
            }

            at++;
        }
    }

    private static bool HasBlankLines(ReadOnlySpan<byte> text) =>
        text.IndexOf("\n\n"u8) >= 0 || text.IndexOf("\n\r\n"u8) >= 0
        || text.StartsWith("\n"u8) || text.StartsWith("\r"u8)
        || text.EndsWith("\n\r"u8);

    private static bool IsBlank(ReadOnlySpan<byte> record) => record.Length switch
    {
        0 => true,
        1 => record[0] is (byte)'\n' or (byte)'\r',
        2 => record[0] == (byte)'\r' && record[1] == (byte)'\n',
        _ => false,
    };
}
