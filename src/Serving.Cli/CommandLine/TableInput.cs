using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Time;
using Serving.Tables;

namespace Serving.Cli.CommandLine;

/// <summary>What the options of a command say about its table files.</summary>
internal static class TableInput
{
    /// <summary>The file of each event out of <c>--data EVENT=FILE</c>.</summary>
    /// <exception cref="UsageException">
    /// An option has another form, names no event of the script, or one that has a file already.
    /// </exception>
    public static ImmutableDictionary<string, string> Files(string[]? data, IReadOnlyCollection<string> events)
    {
        var files = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (string option in data ?? [])
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new UsageException(
                    $"--data {option}: expected EVENT=FILE, e.g. --data {events.First()}=rows.csv");
            }

            string name = option[..equals];
            if (!events.Contains(name))
            {
                throw new UsageException(
                    $"--data {option}: the script has no event '{name}'; it has {string.Join(", ", events)}");
            }

            if (!files.TryAdd(name, InputPath.Rows(option[(equals + 1)..])))
            {
                throw new UsageException($"--data {name}=... is given twice");
            }
        }

        if (files.Values.Count(file => file == TableFormats.StandardStream) > 1)
        {
            throw new UsageException("--data ...=- is given twice: stdin holds the rows of one event");
        }

        return files.ToImmutable();
    }

    /// <summary>How to read a file.</summary>
    /// <exception cref="UsageException">The file is stdin and no format is given.</exception>
    public static RowReaderOptions Options(
        CommandConsole console,
        string file,
        ZoneTable zone,
        string? format,
        string[]? renames,
        string? keep,
        string eventName) => new(zone)
        {
            Format = FormatOf(file, format, out bool isZipped) ?? (file == TableFormats.StandardStream
                ? throw new UsageException($"stdin has no name: --format says what it is: {TableFormats.Names}")
                : null),
            IsZipped = isZipped,
            Renames = Renames(renames, eventName),
            Keep = Names(keep),
            StandardInput = console.Input,
            Notice = new Notices(console.Error).Say,
        };

    /// <summary>
    /// How to write a file: by its name or, where that says nothing, by <c>--format</c>; stdout without one is as the
    /// file of the rows is, text in any case.
    /// </summary>
    public static RowWriterOptions Writing(CommandConsole console, string output, string? format, string input)
    {
        TableFormat? written = FormatOf(output, format, out bool isZipped);
        if (written is null && output == TableFormats.StandardStream)
        {
            written = EndingOf(input, out TableFormat read) && read != TableFormat.Parquet ? read : TableFormat.Csv;
        }

        return new RowWriterOptions { Format = written, IsZipped = isZipped, StandardOutput = console.Output };
    }

    /// <summary>Names of a comma list.</summary>
    public static ImmutableArray<string> Names(string? list) =>
        string.IsNullOrEmpty(list)
            ? []
            : [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>A time as a cell spells it, in a zone.</summary>
    public static long? Time(string? text, ZoneTable zone, string option)
    {
        if (text is null)
        {
            return null;
        }

        CellFault fault = new CellReader(zone).ReadNumber(
            Encoding.UTF8.GetBytes(text), new FieldType(ValueKind.Time), out long time);
        return fault == CellFault.None
            ? time
            : throw new UsageException(
                $"{option} {text}: expected a time such as 2026-03-01T00:00:00Z or ms since 1970 UTC");
    }

    // The option is for stdin, stdout and names that say nothing; a file that says what it is, is that.
    private static TableFormat? FormatOf(string path, string? option, out bool isZipped)
    {
        isZipped = false;
        if (option is null)
        {
            return null;
        }

        if (!TableFormats.TryParse(option, out TableFormat format, out isZipped))
        {
            throw new UsageException($"--format {option}: expected {TableFormats.Names}");
        }

        return path == TableFormats.StandardStream || !EndingOf(path, out _) ? format : null;
    }

    private static bool EndingOf(string path, out TableFormat format)
    {
        string name = Path.GetFileName(path);
        int zip = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? ".gz".Length : 0;
        string ending = Path.GetExtension(name[..^zip]).TrimStart('.') + name[^zip..];
        return TableFormats.TryParse(ending, out format, out _);
    }

    private static ImmutableDictionary<string, string> Renames(string[]? renames, string eventName)
    {
        var result = ImmutableDictionary.CreateBuilder<string, string>();
        var ofEvent = new List<(string Field, string Column)>();
        foreach (string option in renames ?? [])
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new UsageException($"--rename {option}: expected FIELD=COLUMN, FIELD=@row or FIELD=@VALUE");
            }

            string field = option[..equals];
            string column = option[(equals + 1)..];
            int dot = field.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0)
            {
                result[field] = column;
            }
            else if (field[..dot] == eventName)
            {
                ofEvent.Add((field[(dot + 1)..], column));
            }
        }

        // What is said of one event alone wins over what is said of all.
        foreach ((string field, string column) in ofEvent)
        {
            result[field] = column;
        }

        return result.ToImmutable();
    }
}
