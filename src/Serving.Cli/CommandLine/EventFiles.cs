using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Offline;
using Serving.Engine.Offline.Feeds;
using Serving.Features;
using Serving.Features.Explanation;
using Serving.Tables;

namespace Serving.Cli.CommandLine;

/// <summary>
/// The files of a command's events, and how to read them. Stdin is copied to a temporary file where rows may be read
/// more than once; disposing removes it.
/// </summary>
internal sealed class EventFiles : IDisposable
{
    private readonly CommandConsole _console;
    private readonly ImmutableDictionary<string, string> _files;
    private readonly ImmutableDictionary<string, RowReaderOptions> _reading;
    private readonly List<FileStream> _copies = [];
    private FileStream? _spool;

    /// <summary>Checks the files of a script.</summary>
    /// <param name="console">Where notices go and stdin comes from.</param>
    /// <param name="script">The script.</param>
    /// <param name="files">File of each event, the request's among them.</param>
    /// <param name="readsLabel">Whether a label over events is read.</param>
    /// <param name="readingOf">How to read the file of an event.</param>
    /// <exception cref="UsageException">The file of an event that is read is missing.</exception>
    public EventFiles(
        CommandConsole console,
        FeatureScript script,
        ImmutableDictionary<string, string> files,
        bool readsLabel,
        Func<string, string, RowReaderOptions> readingOf)
    {
        _console = console;
        Request = script.Request.Name;
        ImmutableArray<string> events = WindowedRequests.EventsOf(script, readsLabel);
        if (!files.ContainsKey(Request))
        {
            throw new UsageException($"--data {Request}=FILE is missing: the request rows");
        }

        if (events.FirstOrDefault(name => !files.ContainsKey(name)) is { } missing)
        {
            string reader = script.Windows.Logs.Any(log => log.Event.Schema.Name == missing)
                ? "windows read them"
                : "the label reads them";
            throw new UsageException($"--data {missing}=FILE is missing: the rows of this event, {reader}");
        }

        foreach (string name in files.Keys.Where(name => name != Request && !events.Contains(name)).Order())
        {
            console.Error.WriteLine($"note: --data {name}=... is not read: nothing that is asked for needs it");
        }

        NeedsEvents = !events.IsEmpty || !script.Windows.IsEmpty || (readsLabel && script.AnyLabel is not null);
        _files = files;
        _reading = files.Where(pair => pair.Key == Request || events.Contains(pair.Key))
            .ToImmutableDictionary(pair => pair.Key, pair => readingOf(pair.Key, pair.Value));
    }

    /// <summary>Name of the request event.</summary>
    public string Request { get; }

    /// <summary>The file of the request rows.</summary>
    public string RequestFile => _files[Request];

    /// <summary>Whether requests have a past to read: else their file alone is read.</summary>
    public bool NeedsEvents { get; }

    /// <summary>Opens the request's rows alone.</summary>
    public IRowSource OpenRequests(RowSchema schema) => RowReader.Open(_files[Request], schema, _reading[Request]);

    /// <summary>The files for a run over windows or labels.</summary>
    /// <param name="output">Where results go; temporary files stand beside it.</param>
    /// <param name="memory">The option <c>--memory</c>.</param>
    public OfflineFiles Offline(string output, string? memory)
    {
        string folder = output == TableFormats.StandardStream || output.StartsWith("/dev/", StringComparison.Ordinal)
            ? Path.GetTempPath()
            : Path.GetDirectoryName(Path.GetFullPath(output))!;
        if (_files.ContainsValue(TableFormats.StandardStream))
        {
            Spool(folder);
        }

        return new OfflineFiles
        {
            Openers = _reading.Keys.ToImmutableDictionary(
                name => name, RowOpener (name) => (schema, isFirst) => Open(name, schema, isFirst)),
            MemoryBytes = MemoryOf(memory),
            SpillFolder = folder,
            MayBeginAgain = output != TableFormats.StandardStream
                && !output.StartsWith("/dev/", StringComparison.Ordinal),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _copies.ForEach(copy => copy.Dispose());
        _spool?.Dispose();
    }

    /// <summary>The size that <c>--memory</c> says.</summary>
    public static long MemoryOf(string? memory)
    {
        if (memory is null)
        {
            return OfflineFiles.MemoryBytesDefault;
        }

        return SizeText.TryParse(memory, out long bytes)
            ? bytes
            : throw new UsageException($"--memory {memory}: a size is expected, e.g. 512MiB or 2GiB");
    }

    private IRowSource Open(string name, RowSchema schema, bool isFirst)
    {
        RowReaderOptions reading = _reading[name];
        if (!isFirst)
        {
            reading = reading with { Keep = [], Notice = null };
        }

        if (_files[name] != TableFormats.StandardStream)
        {
            return RowReader.Open(_files[name], schema, reading);
        }

        // Sources leave the stream that stands for stdin open.
        _copies.Add(new FileStream(
            _spool!.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return RowReader.Open(TableFormats.StandardStream, schema, reading with { StandardInput = _copies[^1] });
    }

    private void Spool(string folder)
    {
        string path = Path.Combine(folder, $".serving-stdin.{Path.GetRandomFileName()}.tmp");
        _spool = new FileStream(
            path,
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0,
            FileOptions.DeleteOnClose);
        _console.Input.CopyTo(_spool);
        _spool.Flush();
    }
}
