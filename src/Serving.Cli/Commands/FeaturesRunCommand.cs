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
        Option<string?> memory = SharedOptions.Memory();
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
                using var files = new EventFiles(
                    console,
                    compiled,
                    TableInput.Files(parsed.GetValue(data), compiled.EventNames),
                    readsLabel: false,
                    (name, file) => TableInput.Options(
                        console, file, compiled.Zone, parsed.GetValue(format), parsed.GetValue(rename),
                        name == compiled.Request.Name ? parsed.GetValue(keep) : null,
                        name));
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
                    console,
                    new FeatureRun(program, isRaw),
                    files,
                    target,
                    TableInput.Writing(console, target, parsed.GetValue(format), files.RequestFile),
                    parsed.GetValue(memory),
                    options,
                    parsed.GetValue(interpreter));
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
        EventFiles files,
        string output,
        RowWriterOptions writing,
        string? memory,
        OfflineOptions options,
        bool usesOracle)
    {
        if (files.NeedsEvents)
        {
            OfflineFiles offline = files.Offline(output, memory);
            return OfflineReport.WithProgress(
                console,
                "run",
                options,
                shown => run.Run(
                    offline, kept => RowWriter.Create(output, run.Output, kept, writing), shown, usesOracle));
        }

        using IRowSource source = files.OpenRequests(run.Input);
        using IRowSink sink = RowWriter.Create(output, run.Output, source.KeptSchema, writing);
        return OfflineReport.WithProgress(console, "run", options, shown => run.Run(source, sink, shown));
    }
}
