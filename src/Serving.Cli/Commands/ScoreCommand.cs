using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Data;
using Serving.Data.Time;
using Serving.Engine.Bundles;
using Serving.Engine.Offline;
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
            bundle, input, data, rename, format, keep, threads, reasons, output, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                string target = OutputPath.Writable(parsed.GetValue(output)!);
                Refuse(parsed.GetValue(reasons), parsed.GetValue(data));
                string folder = InputPath.Bundle(parsed.GetValue(bundle)!);
                Bundle opened = Placed.In(folder, "bundle", () => Bundle.Open(folder));
                string file = InputPath.Rows(parsed.GetValue(input)!);
                var run = new BatchScore(opened);
                RowReaderOptions reading = TableInput.Options(
                    console, file, opened.Script?.Zone ?? ZoneTable.Utc, parsed.GetValue(format),
                    parsed.GetValue(rename),
                    parsed.GetValue(keep), run.Input.Name);
                var options = new OfflineOptions { Threads = parsed.GetValue(threads), Cancellation = cancellation };
                OfflineResult result = Run(
                    console, run, file, reading, target,
                    TableInput.Writing(console, target, parsed.GetValue(format), file), options);
                OfflineReport.Write(console, result, parsed.GetValue(json), target == "-");
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
    }

    private static void Refuse(int reasons, string[]? data)
    {
        if (reasons != 0)
        {
            throw new UsageException("--reasons: contributions are not available in this version");
        }

        if (data is { Length: > 0 })
        {
            throw new UsageException("--data: this version has no windows, so the rows of --in are all it reads");
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
