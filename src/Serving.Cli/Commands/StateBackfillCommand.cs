using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Cli.StateTools;
using Serving.Data.Windows;
using Serving.Engine.Ingest;
using Serving.Features;
using Serving.Server.Hosting;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>state backfill --state DIR|redis://HOST:PORT --script F --data EVENT=FILE ... --until T0</c>: writes the events
/// known before T0, in front of what is there.
/// </summary>
internal static class StateBackfillCommand
{
    public static Command Create(CommandConsole console)
    {
        Option<string> state = StateOption.Create();
        Option<string[]> data = SharedOptions.Data();
        Option<string[]> rename = SharedOptions.Rename();
        Option<string?> format = SharedOptions.Format();
        Option<bool> json = SharedOptions.Json();
        var script = new Option<string>("--script") { Description = "The feature script.", Required = true };
        var until = new Option<string>("--until")
        {
            Description = "Events known from this time on are live: ISO 8601 or ms since 1970.",
            Required = true,
        };
        var command = new Command(
            "backfill",
            "Fill a store of state from history.\n\n"
                + "Example: serving state backfill --state state --script card.feat --data txn=rows.csv "
                + "--until 2026-03-01T00:00:00Z")
        {
            state, script, data, until, rename, format, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            StateLocation location = StateOption.Parse(parsed.GetValue(state)!);
            FeatureScript compiled = ScriptFile.Compile(parsed.GetValue(script)!);
            long? time = TableInput.Time(parsed.GetValue(until), compiled.Zone, "--until");
            var files = HistoryFiles.Parse(
                console, parsed.GetValue(data), parsed.GetValue(rename), parsed.GetValue(format), compiled);
            if (files.IsEmpty)
            {
                throw new UsageException("--data EVENT=FILE is missing: the history");
            }

            await using OpenStore store = await StateOption.OpenOrMakeAsync(location);
            var backfill = new StateBackfill(compiled, time!.Value);
            foreach (EventDeclaration declaration in compiled.Events)
            {
                files.Read(declaration, rows => backfill.Add(declaration, rows), cancellation);
            }

            await WriteAsync(console, backfill, store, cancellation);
            if (location.Kind == StateKind.Folder)
            {
                NotedScripts.Note(location.Folder, compiled);
            }

            WarnOfGap(console, backfill);
            Report(console, backfill, parsed.GetValue(json));
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task WriteAsync(
        CommandConsole console, StateBackfill backfill, OpenStore store, CancellationToken cancellation)
    {
        using var line = new ProgressLine(console, "backfill", "entities", TimeProvider.System);
        var progress = new SameThreadProgress(
            done => line.Report(done, (double)done / Math.Max(1, backfill.KeyCount)));
        await backfill.WriteAsync(store.Maintenance, progress, cancellation);
    }

    private static void WarnOfGap(CommandConsole console, StateBackfill backfill)
    {
        if (backfill.GapUntilMs > 0)
        {
            string live = DateTimeOffset.FromUnixTimeMilliseconds(backfill.GapUntilMs).ToString(
                "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            console.Error.WriteLine(
                $"warning: the store keeps live events from {live} on, which is behind --until: what became known "
                + $"between the two is missing; files up to then and --until {live} leave no gap");
        }
    }

    private static void Report(CommandConsole console, StateBackfill backfill, bool isJson)
    {
        if (isJson)
        {
            JsonOutput.Write(console.Out, new JsonObject
            {
                ["entities"] = backfill.KeyCount,
                ["records"] = backfill.RecordCount,
                ["live"] = backfill.LiveCount,
                ["refused"] = backfill.RefusedCount,
            });
            return;
        }

        console.Out.WriteLine(
            $"wrote {backfill.RecordCount} records of {backfill.KeyCount} entities; {backfill.LiveCount} rows became "
            + $"known too late for this history, {backfill.RefusedCount} enter no window");
    }
}
