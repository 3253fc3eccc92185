using System.Text;

namespace Serving.Features.Tests.Conformance;

/// <summary>A plain CSV reader for cases: cells with a mark whether they were quoted (R91).</summary>
internal static class CsvText
{
    public static List<List<(string Text, bool Quoted)>> Read(string text)
    {
        var lines = new List<List<(string Text, bool Quoted)>>();
        int at = 0;
        while (at < text.Length)
        {
            lines.Add(ReadLine(text, ref at));
        }

        return lines;
    }

    /// <summary>
    /// A cell as text: null is missing and stays empty; the empty string and what needs it is quoted.
    /// </summary>
    public static string Quote(string? cell) => cell switch
    {
        null => "",
        "" => "\"\"",
        _ => cell.AsSpan().ContainsAny(",\"\r\n")
            ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : cell,
    };

    private static List<(string Text, bool Quoted)> ReadLine(string text, ref int at)
    {
        var cells = new List<(string Text, bool Quoted)>();
        while (true)
        {
            cells.Add(ReadCell(text, ref at));
            if (at >= text.Length || text[at] != ',')
            {
                break;
            }

            at++;
        }

        at += at < text.Length && text[at] == '\r' ? 1 : 0;
        at += at < text.Length && text[at] == '\n' ? 1 : 0;
        return cells;
    }

    private static (string Text, bool Quoted) ReadCell(string text, ref int at)
    {
        if (at >= text.Length || text[at] != '"')
        {
            int start = at;
            while (at < text.Length && text[at] is not (',' or '\n' or '\r'))
            {
                at++;
            }

            return (text[start..at], false);
        }

        var cell = new StringBuilder();
        at++;
        while (text[at] != '"' || (at + 1 < text.Length && text[at + 1] == '"'))
        {
            cell.Append(text[at]);
            at += text[at] == '"' ? 2 : 1;
        }

        at++;
        return (cell.ToString(), true);
    }
}
