using Serving.Data;

namespace Serving.Tables;

/// <summary>Names of formats, in file names and in options. Safe for use by several threads.</summary>
public static class TableFormats
{
    /// <summary>The name that stands for stdin or stdout.</summary>
    public const string StandardStream = "-";

    private const string ZipEnding = ".gz";

    /// <summary>The names that <see cref="TryParse"/> takes, for messages.</summary>
    public static string Names => "csv, csv.gz, tsv, tsv.gz, jsonl, jsonl.gz or parquet";

    /// <summary>Reads the name of a format as options spell it: <c>csv</c>, <c>jsonl.gz</c>, <c>parquet</c>.</summary>
    public static bool TryParse(string name, out TableFormat format, out bool isZipped)
    {
        isZipped = name.EndsWith(ZipEnding, StringComparison.OrdinalIgnoreCase);
        string plain = isZipped ? name[..^ZipEnding.Length] : name;
        format = plain.ToUpperInvariant() switch
        {
            "CSV" => TableFormat.Csv,
            "TSV" => TableFormat.Tsv,
            "JSONL" or "NDJSON" => TableFormat.JsonLines,
            "PARQUET" when !isZipped => TableFormat.Parquet,
            _ => TableFormat.None,
        };
        return format != TableFormat.None;
    }

    /// <summary>The format of a path by the ending of its name; the given format wins where there is one.</summary>
    /// <exception cref="InputException">
    /// The ending says nothing, or the path is <c>-</c> and no format is given.
    /// </exception>
    public static TableFormat Of(string path, TableFormat? given, out bool isZipped)
    {
        isZipped = path.EndsWith(ZipEnding, StringComparison.OrdinalIgnoreCase);
        if (given is { } format)
        {
            return format;
        }

        string name = Path.GetFileName(path);
        int last = (isZipped ? name.AsSpan(0, name.Length - ZipEnding.Length) : name).LastIndexOf('.');
        if (path != StandardStream && last >= 0 && TryParse(name[(last + 1)..], out TableFormat found, out isZipped))
        {
            return found;
        }

        throw path == StandardStream
            ? new InputException(new InputProblem("-", "no format for stdin or stdout", Names, "give it with --format"))
            : new InputException(new InputProblem(
                path, "a name that does not say its format", $"an ending of {Names}",
                "rename the file or give --format"));
    }
}
