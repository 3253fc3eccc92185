using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Cli.StateTools;
using Serving.Engine.Ingest;
using Serving.Features;
using Serving.Server.Hosting;
using Serving.State;
using Serving.State.Embedded;
using Serving.State.Windows;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>state dump --state DIR|redis://HOST:PORT --script F --event EVENT --key FIELD=VALUE ... [--at T]</c>: one
/// entity's
/// tiles, tail and window values.
/// </summary>
internal static class StateDumpCommand
{
    public static Command Create(CommandConsole console)
    {
        Option<string> state = StateOption.Create();
        Option<bool> json = SharedOptions.Json();
        var script = new Option<string>("--script") { Description = "The feature script.", Required = true };
        var eventName = new Option<string>("--event")
        {
            Description = "The event whose log is shown.",
            Required = true,
        };
        var key = new Option<string[]>("--key")
        {
            Description = "FIELD=VALUE: one for each field of the window's key.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var at = new Option<string?>("--at") { Description = "Time of the window values; now by default." };
        var command = new Command(
            "dump",
            "Show what is known of one entity, also beside a server.\n\n"
                + "Example: serving state dump --state state --script card.feat --event txn --key card=c1")
        {
            state, script, eventName, key, at, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            StateLocation location = StateOption.Parse(parsed.GetValue(state)!);
            FeatureScript compiled = ScriptFile.Compile(parsed.GetValue(script)!);
            long time = TableInput.Time(parsed.GetValue(at), compiled.Zone, "--at")
                ?? TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            EntityKey entity = EntityKey.Parse(compiled, parsed.GetValue(eventName)!, parsed.GetValue(key)!);
            byte[] blob = await ReadAsync(location, entity.Key, cancellation);
            if (blob.Length == 0 && IsOfOtherScripts(location, entity))
            {
                await console.Error.WriteLineAsync(
                    "note: no script of this folder keeps the columns that this one keeps of these events; "
                        + "the folder's own are under scripts/");
            }

            JsonObject document = new EntityDump(compiled, entity, time).Write(blob);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(console.Out, document);
            }
            else
            {
                await console.Out.WriteAsync(DumpText.Of(document));
            }

            return ExitCode.Done;
        });
        return command;
    }

    // The columns that a script keeps are part of the key, so with another version's script nothing is found.
    private static bool IsOfOtherScripts(StateLocation location, EntityKey entity)
    {
        string[] noted = location.Kind == StateKind.Folder ? [.. NotedScripts.In(location.Folder)] : [];
        return noted.Length > 0 && noted.All(file => ScriptFile.Compile(file).Windows.Logs
            .All(log => new LogCodec(log).Schema != entity.Codec.Schema));
    }

    private static async Task<byte[]> ReadAsync(
        StateLocation location, StateKey key, CancellationToken cancellation)
    {
        if (location.Kind == StateKind.Folder)
        {
            return EmbeddedFolder.Read(location.Folder, key, cancellation);
        }

        await using OpenStore store = await StateOption.OpenAsync(location);
        return await store.Maintenance.ReadAsync(key, cancellation);
    }
}
