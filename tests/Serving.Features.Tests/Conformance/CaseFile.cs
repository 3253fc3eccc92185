using System.Globalization;
using System.Text;

namespace Serving.Features.Tests.Conformance;

/// <summary>One text case; its format is described in tests/Conformance/README.md.</summary>
internal sealed class CaseFile
{
    private const string DefaultTime = "2026-03-02T10:00:00Z";

    private readonly Dictionary<string, string> _keys = [];
    private readonly Dictionary<string, string> _sections = [];

    private CaseFile()
    {
    }

    /// <summary>The whole script with its marks <c>[|</c> and <c>|]</c> taken out.</summary>
    public string Script =>
        MarkedScript.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal);

    /// <summary>Codes that are expected, one for each mark; empty where the script compiles.</summary>
    public string[] Errors => Section("errors")?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];

    public string? Statistics => Section("statistics");

    private string MarkedScript => Section("whole") ?? $$"""
        features t 1 zone "{{_keys.GetValueOrDefault("zone", "UTC")}}";
        request r { id: string; at: time; {{Fields}}} id id, time at;
        {{Section("script")}}
        """;

    private string Fields => _keys.TryGetValue("fields", out string? fields) ? fields + "; " : "";

    public static CaseFile Read(string path)
    {
        var file = new CaseFile();
        string section = "";
        var text = new StringBuilder();
        foreach (string line in File.ReadAllLines(path))
        {
            if (line.StartsWith("--- ", StringComparison.Ordinal))
            {
                file.End(section, text);
                section = line[4..];
            }
            else if (section.Length == 0)
            {
                file.AddKey(line);
            }
            else
            {
                text.Append(line).Append('\n');
            }
        }

        file.End(section, text);
        return file;
    }

    /// <summary>Line and column (from 1, in code points) of each mark.</summary>
    public IEnumerable<(int Line, int Column)> Marks()
    {
        string[] lines = MarkedScript.Split('\n');
        for (int line = 0; line < lines.Length; line++)
        {
            string rest = lines[line];
            for (int at = Find(rest); at >= 0; at = Find(rest))
            {
                yield return (line + 1, rest[..at].EnumerateRunes().Count() + 1);
                rest = rest.Remove(rest.IndexOf("|]", StringComparison.Ordinal), 2).Remove(at, 2);
            }
        }
    }

    /// <summary>The rows as CSV with id r0, r1 ... and a time where the case gives none.</summary>
    public string Rows()
    {
        string[] lines = Lines("rows")!;
        bool hasTime = lines[0].Split(',').Contains("at");
        return string.Concat(lines.Select((line, index) => (index, hasTime) switch
        {
            (0, true) => $"id,{line}\n",
            (0, false) => $"id,at,{line}\n",
            (_, true) => $"{Id(index)},{line}\n",
            _ => $"{Id(index)},{DefaultTime},{line}\n",
        }));
    }

    /// <summary>Rows of another event as CSV with all its columns; null where the case has none.</summary>
    public string? EventRows(string name) => Section("event " + name);

    /// <summary>What the label over events is for each row; null where the case does not say.</summary>
    public string[]? Labels => Lines("label");

    /// <summary>An expected table, raw or encoded, with its ids; null where the case has none.</summary>
    public string? Table(string name) => Lines(name) is { } lines
        ? string.Concat(lines.Select((line, index) => index == 0 ? $"id,{line}\n" : $"{Id(index)},{line}\n"))
        : null;

    private static int Find(string line) => line.IndexOf("[|", StringComparison.Ordinal);

    private static string Id(int line) => string.Create(CultureInfo.InvariantCulture, $"r{line - 1}");

    private string? Section(string name) => _sections.GetValueOrDefault(name);

    private string[]? Lines(string name) => Section(name)?[..^1].Split('\n');

    private void AddKey(string line)
    {
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        if (colon > 0 && line[0] != '#')
        {
            _keys.Add(line[..colon], line[(colon + 2)..]);
        }
    }

    private void End(string section, StringBuilder text)
    {
        if (section.Length > 0)
        {
            _sections.Add(section, text.ToString());
        }

        text.Clear();
    }
}
