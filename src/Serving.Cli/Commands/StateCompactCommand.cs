using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Cli.StateTools;
using Serving.Data.Windows;
using Serving.Engine.Ingest;
using Serving.Features;
using Serving.Server.Hosting;
using Serving.State.Windows;

namespace Serving.Cli.Commands;

/// <summary><c>state compact --state DIR|redis://HOST:PORT [--script F]</c>: folds tails into tiles.</summary>
internal static class StateCompactCommand
{
    public static Command Create(CommandConsole console)
    {
        Option<string> state = StateOption.Create();
        Option<bool> json = SharedOptions.Json();
        var script = new Option<string[]>("--script")
        {
            Description = "Script whose state is folded (repeatable); without one those that a folder's server noted.",
        };
        var command = new Command(
            "compact",
            "Fold the raw tails of a store of state into tiles.\n\n"
                + "Example: serving state compact --state state --script card.feat")
        {
            state, script, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            StateLocation location = StateOption.Parse(parsed.GetValue(state)!);
            FeatureScript[] scripts = Scripts(parsed.GetValue(script), location);
            await using OpenStore store = await StateOption.OpenAsync(location);
            foreach (FeatureScript compiled in scripts)
            {
                foreach (KeyedLog log in compiled.Windows.Logs)
                {
                    store.Maintenance.Use(new LogCompactor(new LogCodec(log)));
                }
            }

            long folded = await store.Maintenance.CompactAsync(null, cancellation);
            await store.Maintenance.FlushAsync(cancellation);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(console.Out, new JsonObject { ["folded"] = folded });
            }
            else
            {
                await console.Out.WriteLineAsync($"folded {folded} entities");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static FeatureScript[] Scripts(string[]? files, StateLocation location)
    {
        string[] named = files is { Length: > 0 }
            ? files
            : [.. location.Kind == StateKind.Folder ? NotedScripts.In(location.Folder) : []];
        return named.Length > 0
            ? [.. named.Select(ScriptFile.Compile)]
            : throw new UsageException("--script is missing: what a record holds is said by its script");
    }
}
