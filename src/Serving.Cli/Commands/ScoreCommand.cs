using System.Collections.Immutable;
using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Cli.TensorModels;
using Serving.Data;
using Serving.Data.Time;
using Serving.Engine.Bundles;
using Serving.Engine.Offline;
using Serving.Features;
using Serving.Tables;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>score --bundle DIR --in FILE --out FILE</c>: offline scores by the pipeline that the server runs, or one call of
/// a tensor model that is served raw.
/// </summary>
internal sealed class ScoreCommand
{
    private readonly CommandConsole _console;
    private readonly Option<string> _bundle = new("--bundle")
    {
        Description = "Folder or .bundle file.",
        Required = true,
    };

    private readonly Option<string> _input = new("--in")
    {
        Description = "Rows to score; - is stdin. Of a tensor model served raw: JSON {\"inputs\": ...}.",
        Required = true,
    };

    private readonly Option<string[]> _data = SharedOptions.Data();
    private readonly Option<string[]> _rename = SharedOptions.Rename();
    private readonly Option<string?> _format = SharedOptions.Format();
    private readonly Option<string?> _keep = SharedOptions.Keep();
    private readonly Option<string?> _memory = SharedOptions.Memory();
    private readonly Option<int> _threads = SharedOptions.Threads();
    private readonly Option<string> _output = SharedOptions.Out("File of the scores; - is stdout.");
    private readonly Option<string?> _library = TensorOptions.CreateLibrary();
    private readonly Option<bool> _json = SharedOptions.Json();
    private readonly Option<int> _reasons = new("--reasons")
    {
        Description = "Greatest contributions beside each score (not yet).",
    };

    private ScoreCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        var options = new ScoreCommand(console);
        var command = new Command(
            "score",
            "Score rows with a bundle.\n\n"
                + "Example: serving score --bundle models-sample/card-fraud/1 --in rows.csv --out scores.csv")
        {
            options._bundle, options._input, options._data, options._rename, options._format, options._keep,
            options._memory, options._threads, options._reasons, options._library, options._output, options._json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () => options.RunAsync(parsed, cancellation), CancellationToken.None));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        string target = OutputPath.Writable(parsed.GetValue(_output)!);
        if (parsed.GetValue(_reasons) != 0)
        {
            throw new UsageException("--reasons: contributions are not available in this version");
        }

        string folder = InputPath.Bundle(parsed.GetValue(_bundle)!);
        Bundle bundle = Placed.In(
            folder, "bundle", () => Bundle.Open(folder, _console.Runtimes(parsed.GetValue(_library))));
        if (bundle.IsRaw)
        {
            RefuseOfRows(parsed, _data, _rename, _keep);
            var calling = new TensorScoring(_console, folder, bundle.OpenTensors, bundle.CallTime);
            OutputText.Write(
                _console, target, (await calling.RunAsync("", parsed.GetValue(_input)!, cancellation)).Written);
            return ExitCode.Done;
        }

        OfflineResult result = ScoreRows(parsed, bundle, target, cancellation);
        OfflineReport.Write(_console, result, parsed.GetValue(_json), target == "-");
        return ExitCode.Done;
    }

    private OfflineResult ScoreRows(
        ParseResult parsed, Bundle bundle, string target, CancellationToken cancellation)
    {
        string file = InputPath.Rows(parsed.GetValue(_input)!);
        var run = new BatchScore(bundle);
        RowReaderOptions Reading(string name, string path) => TableInput.Options(
            _console, path, bundle.Script?.Zone ?? ZoneTable.Utc, parsed.GetValue(_format), parsed.GetValue(_rename),
            name == run.Input.Name ? parsed.GetValue(_keep) : null, name);
        RowWriterOptions writing = TableInput.Writing(_console, target, parsed.GetValue(_format), file);
        var options = new OfflineOptions { Threads = parsed.GetValue(_threads), Cancellation = cancellation };
        if (bundle.Script is not { Windows.IsEmpty: false } script)
        {
            RefuseData(parsed.GetValue(_data));
            using IRowSource source = RowReader.Open(file, run.Input, Reading(run.Input.Name, file));
            using IRowSink sink = RowWriter.Create(target, run.Output, source.KeptSchema, writing);
            return OfflineReport.WithProgress(_console, "score", options, shown => run.Run(source, sink, shown));
        }

        using var files = new EventFiles(
            _console, script, WithRequest(parsed.GetValue(_data), script, file), false, Reading);
        OfflineFiles offline = files.Offline(target, parsed.GetValue(_memory));
        return OfflineReport.WithProgress(
            _console,
            "score",
            options,
            shown => run.Run(offline, kept => RowWriter.Create(target, run.Output, kept, writing), shown));
    }

    // A model served raw has no rows: its input is the JSON of one call.
    private static void RefuseOfRows(ParseResult parsed, params ReadOnlySpan<Option> options)
    {
        foreach (Option option in options)
        {
            if (parsed.GetResult(option) is { Implicit: false })
            {
                throw new UsageException(
                    $"{option.Name}: the bundle holds a tensor model served raw, whose --in is JSON "
                        + "{\"inputs\": {...}}");
            }
        }
    }

    private static ImmutableDictionary<string, string> WithRequest(
        string[]? data, FeatureScript script, string file)
    {
        ImmutableDictionary<string, string> files = TableInput.Files(data, script.EventNames);
        return files.ContainsKey(script.Request.Name)
            ? throw new UsageException($"--data {script.Request.Name}=...: the request rows are those of --in")
            : files.Add(script.Request.Name, file);
    }

    private static void RefuseData(string[]? data)
    {
        if (data is { Length: > 0 })
        {
            throw new UsageException("--data: this bundle has no windows, so the rows of --in are all it reads");
        }
    }
}
