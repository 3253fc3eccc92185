using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Cli.LogTools;
using Serving.Cli.StateTools;
using Serving.Cli.TensorModels;
using Serving.Data.Windows;
using Serving.Engine.Bundles;
using Serving.Engine.Predictions.Replays;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>replay DIR|FILE ... --bundles DIR [--data EVENT=FILE ...]</c>: recomputes recorded answers and classifies what
/// differs.
/// </summary>
internal static class ReplayCommand
{
    public static Command Create(CommandConsole console)
    {
        var inputs = new Argument<string[]>("DIR|FILE")
        {
            Description = "Files of serve --records, folders of them, or folders of serve --log: those of all servers "
                + "on one store.",
            Arity = ArgumentArity.OneOrMore,
        };
        var bundles = new Option<string>("--bundles")
        {
            Description = "Models folder, or one bundle, that gave the answers.",
            Required = true,
        };
        Option<string[]> data = SharedOptions.Data();
        Option<string[]> rename = SharedOptions.Rename();
        Option<string?> format = SharedOptions.Format();
        Option<string?> keys = LogKeyOption.Create();
        Option<string?> library = TensorOptions.CreateLibrary();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "replay",
            "Recompute recorded answers from the state that each one read, and from history.\n\n"
                + "Example: serving replay answers.jsonl --bundles models")
        {
            inputs, bundles, data, rename, format, keys, library, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                Bundle[] opened = ReplayInputs.Bundles(
                    parsed.GetValue(bundles)!, console.Runtimes(parsed.GetValue(library)));
                var replay = new RecordReplay(
                    ReplayInputs.Files(parsed.GetValue(inputs)!), opened, LogKeyOption.Read(parsed.GetValue(keys)));
                AddHistory(
                    console, replay, opened, parsed.GetValue(data), parsed.GetValue(rename), parsed.GetValue(format),
                    cancellation);
                ReplayReport report = Run(console, replay, cancellation);
                if (parsed.GetValue(json))
                {
                    JsonOutput.Write(console.Out, ReplayText.Json(report));
                }
                else
                {
                    console.Out.Write(ReplayText.Of(report));
                }

                return report.Different == 0 ? ExitCode.Done : ExitCode.CheckFailed;
            },
            CancellationToken.None));
        return command;
    }

    private static void AddHistory(
        CommandConsole console,
        RecordReplay replay,
        Bundle[] bundles,
        string[]? data,
        string[]? renames,
        string? format,
        CancellationToken cancellation)
    {
        if (data is not { Length: > 0 })
        {
            return;
        }

        foreach (Bundle bundle in bundles.Where(bundle => bundle.Script is not null))
        {
            var declared = bundle.Script!.EventNames;
            string[] own = [.. data.Where(option => declared.Contains(option.Split('=')[0]))];
            var files = HistoryFiles.Parse(console, own, renames, format, bundle.Script);
            foreach (EventDeclaration declaration in replay.Events.Where(bundle.Script.Events.Contains))
            {
                files.Read(declaration, rows => replay.AddHistory(declaration, rows), cancellation);
            }
        }

        string[] unknown = [.. data.Where(option => !bundles.Any(
            bundle => bundle.Script?.EventNamed(option.Split('=')[0]) is not null))];
        if (unknown.Length > 0)
        {
            throw new UsageException($"--data {unknown[0]}: no bundle's script has that event");
        }
    }

    private static ReplayReport Run(CommandConsole console, RecordReplay replay, CancellationToken cancellation)
    {
        using var line = new ProgressLine(console, "replay", "answers", TimeProvider.System);
        return replay.Run(new SameThreadProgress(done => line.Report(done, double.NaN)), cancellation);
    }
}
