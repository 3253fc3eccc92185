using Serving.Cli.CommandLine;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features;
using Serving.Tables;

namespace Serving.Cli.StateTools;

/// <summary>The files of <c>--data EVENT=FILE ...</c>, read one event at a time.</summary>
internal sealed class HistoryFiles
{
    private readonly CommandConsole _console;
    private readonly FeatureScript _script;
    private readonly List<(string Event, string File)> _files = [];
    private readonly string[]? _renames;
    private readonly string? _format;

    private HistoryFiles(CommandConsole console, FeatureScript script, string[]? renames, string? format)
    {
        _console = console;
        _script = script;
        _renames = renames;
        _format = format;
    }

    /// <summary>Whether no file was given.</summary>
    public bool IsEmpty => _files.Count == 0;

    /// <summary>Reads the options.</summary>
    /// <exception cref="UsageException">One has another form, or names no event of the script.</exception>
    public static HistoryFiles Parse(
        CommandConsole console, string[]? data, string[]? renames, string? format, FeatureScript script)
    {
        var files = new HistoryFiles(console, script, renames, format);
        foreach (string option in data ?? [])
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string name = equals <= 0 ? "" : option[..equals];
            if (script.EventNamed(name) is null)
            {
                throw new UsageException(
                    $"--data {option}: expected EVENT=FILE with one of {string.Join(", ", script.EventNames)}");
            }

            files._files.Add((name, InputPath.Rows(option[(equals + 1)..])));
        }

        return files;
    }

    /// <summary>Hands the rows of an event on, chunk by chunk in the order of its files.</summary>
    /// <exception cref="InputException">A file is wrong; holds all problems of a chunk.</exception>
    public void Read(EventDeclaration declaration, Action<RowBatch> take, CancellationToken cancellation)
    {
        // What only a label reads is not needed for windows.
        RowSchema schema = WithoutLabel(declaration);
        var rows = new RowBatch(schema);
        foreach ((_, string file) in _files.Where(file => file.Event == declaration.Schema.Name))
        {
            RowReaderOptions options = TableInput.Options(
                _console, file, _script.Zone, _format, _renames, null, declaration.Schema.Name);
            using IRowSource source = RowReader.Open(file, schema, options);
            while (source.ReadChunk() is { } chunk)
            {
                cancellation.ThrowIfCancellationRequested();
                using (chunk)
                {
                    chunk.Parse(rows, null);
                    take(rows);
                }
            }
        }
    }

    private RowSchema WithoutLabel(EventDeclaration declaration) => !declaration.IsRequest
        ? declaration.Schema
        : new RowSchema(
            declaration.Schema.Name,
            [
                .. declaration.Schema.Fields.Select((field, place) => _script.LabelFields.Contains(place)
                    ? field with { Type = field.Type.AsOptional() }
                    : field),
            ]);
}
