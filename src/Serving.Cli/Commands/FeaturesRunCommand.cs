using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Data;
using Serving.Engine.Offline;
using Serving.Features;
using Serving.Tables;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>features run SCRIPT --data EVENT=FILE --out FILE</c>: offline features, one row for each request event.
/// </summary>
internal static class FeaturesRunCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> script = SharedOptions.Script();
        Option<string[]> data = SharedOptions.Data();
        Option<string[]> rename = SharedOptions.Rename();
        Option<string?> format = SharedOptions.Format();
        Option<string?> statistics = SharedOptions.Statistics();
        Option<string?> from = SharedOptions.From();
        Option<string?> until = SharedOptions.Until();
        Option<string?> keep = SharedOptions.Keep();
        Option<int> threads = SharedOptions.Threads();
        Option<string> output = SharedOptions.Out("File of the features; - is stdout.");
        Option<bool> json = SharedOptions.Json();
        var raw = new Option<bool>("--raw") { Description = "Values before encoders." };
        var interpreter = new Option<bool>("--interpreter") { Description = "Use the slow reference interpreter." };
        var memory = new Option<string?>("--memory")
        {
            Description = "Memory for sorting events (scripts with windows).",
        };
        var command = new Command(
            "run",
            "Compute features over files.\n\n"
                + "Example: serving features run card.feat --data txn=rows.csv --statistics statistics.json "
                + "--out features.csv")
        {
            script, data, rename, format, statistics, from, until,
            raw, interpreter, keep, memory, threads, output, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                string target = OutputPath.Writable(parsed.GetValue(output)!);
                FeatureScript compiled = ScriptFile.Compile(parsed.GetValue(script)!);
                string file = TableInput.RequestFile(parsed.GetValue(data), compiled.Request.Name, compiled.EventNames);
                RowReaderOptions reading = TableInput.Options(
                    console, file, compiled.Zone, parsed.GetValue(format), parsed.GetValue(rename),
                    parsed.GetValue(keep),
                    compiled.Request.Name);
                var options = new OfflineOptions
                {
                    Threads = parsed.GetValue(threads),
                    FromMs = TableInput.Time(parsed.GetValue(from), compiled.Zone, "--from"),
                    UntilMs = TableInput.Time(parsed.GetValue(until), compiled.Zone, "--until"),
                    Cancellation = cancellation,
                };
                bool isRaw = parsed.GetValue(raw);
                FeatureProgram program = ProgramOf(
                    compiled, parsed.GetValue(statistics), isRaw, parsed.GetValue(interpreter));
                OfflineResult result = Run(
                    console, new FeatureRun(program, isRaw), file, reading, target,
                    TableInput.Writing(console, target, parsed.GetValue(format), file), options);
                OfflineReport.Write(console, result, parsed.GetValue(json), target == "-");
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
    }

    private static FeatureProgram ProgramOf(
        FeatureScript script, string? statisticsFile, bool isRaw, bool isInterpreted)
    {
        FittedStatistics? statistics = StatisticsFile.Read(statisticsFile);
        if (statistics is null && isRaw && !script.RawNeedsStatistics)
        {
            statistics = FittedStatistics.NeutralFor(script);
        }

        FeatureProgram Create() => isInterpreted
            ? FeatureProgram.CreateInterpreter(script, statistics)
            : FeatureProgram.Create(script, statistics);
        return statisticsFile is null ? Create() : Placed.In(statisticsFile, "statistics", Create);
    }

    private static OfflineResult Run(
        CommandConsole console,
        FeatureRun run,
        string file,
        RowReaderOptions reading,
        string output,
        RowWriterOptions writing,
        OfflineOptions options)
    {
        using IRowSource source = RowReader.Open(file, run.Input, reading);
        using IRowSink sink = RowWriter.Create(output, run.Output, source.KeptSchema, writing);
        return OfflineReport.WithProgress(console, "run", options, shown => run.Run(source, sink, shown));
    }
}
