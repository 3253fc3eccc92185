using System.Collections.Immutable;
using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Data;
using Serving.Data.Time;
using Serving.Engine.Bundles;
using Serving.Engine.Offline;
using Serving.Features;
using Serving.Tables;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>score --bundle DIR --in FILE --out FILE</c>: offline scores by the pipeline that the server runs.
/// </summary>
internal static class ScoreCommand
{
    public static Command Create(CommandConsole console)
    {
        var bundle = new Option<string>("--bundle") { Description = "Folder or .bundle file.", Required = true };
        var input = new Option<string>("--in") { Description = "Rows to score; - is stdin.", Required = true };
        Option<string[]> data = SharedOptions.Data();
        Option<string[]> rename = SharedOptions.Rename();
        Option<string?> format = SharedOptions.Format();
        Option<string?> keep = SharedOptions.Keep();
        Option<string?> memory = SharedOptions.Memory();
        Option<int> threads = SharedOptions.Threads();
        Option<string> output = SharedOptions.Out("File of the scores; - is stdout.");
        Option<bool> json = SharedOptions.Json();
        var reasons = new Option<int>("--reasons")
        {
            Description = "Greatest contributions beside each score (not yet).",
        };
        var command = new Command(
            "score",
            "Score rows with a bundle.\n\n"
                + "Example: serving score --bundle models-sample/card-fraud/1 --in rows.csv --out scores.csv")
        {
            bundle, input, data, rename, format, keep, memory, threads, reasons, output, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                string target = OutputPath.Writable(parsed.GetValue(output)!);
                if (parsed.GetValue(reasons) != 0)
                {
                    throw new UsageException("--reasons: contributions are not available in this version");
                }

                string folder = InputPath.Bundle(parsed.GetValue(bundle)!);
                Bundle opened = Placed.In(folder, "bundle", () => Bundle.Open(folder));
                string file = InputPath.Rows(parsed.GetValue(input)!);
                var run = new BatchScore(opened);
                RowReaderOptions Reading(string name, string path) => TableInput.Options(
                    console, path, opened.Script?.Zone ?? ZoneTable.Utc, parsed.GetValue(format),
                    parsed.GetValue(rename),
                    name == run.Input.Name ? parsed.GetValue(keep) : null, name);
                RowWriterOptions writing = TableInput.Writing(console, target, parsed.GetValue(format), file);
                var options = new OfflineOptions { Threads = parsed.GetValue(threads), Cancellation = cancellation };
                OfflineResult result;
                if (opened.Script is { Windows.IsEmpty: false } script)
                {
                    using var files = new EventFiles(
                        console, script, WithRequest(parsed.GetValue(data), script, file), false, Reading);
                    OfflineFiles offline = files.Offline(target, parsed.GetValue(memory));
                    result = OfflineReport.WithProgress(
                        console,
                        "score",
                        options,
                        shown => run.Run(
                            offline, kept => RowWriter.Create(target, run.Output, kept, writing), shown));
                }
                else
                {
                    RefuseData(parsed.GetValue(data));
                    result = Run(console, run, file, Reading(run.Input.Name, file), target, writing, options);
                }

                OfflineReport.Write(console, result, parsed.GetValue(json), target == "-");
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
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

    private static OfflineResult Run(
        CommandConsole console,
        BatchScore run,
        string file,
        RowReaderOptions reading,
        string output,
        RowWriterOptions writing,
        OfflineOptions options)
    {
        using IRowSource source = RowReader.Open(file, run.Input, reading);
        using IRowSink sink = RowWriter.Create(output, run.Output, source.KeptSchema, writing);
        return OfflineReport.WithProgress(console, "score", options, shown => run.Run(source, sink, shown));
    }
}
