using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Cli.StateTools;
using Serving.Engine.Ingest;
using Serving.Server.Hosting;
using Serving.State;
using Serving.State.Embedded;

namespace Serving.Cli.Commands;

/// <summary><c>state verify --state DIR|redis://HOST:PORT</c>: checks every checksum.</summary>
internal static class StateVerifyCommand
{
    public static Command Create(CommandConsole console)
    {
        Option<string> state = StateOption.Create();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "verify",
            "Check every checksum of a store of state, also beside a server.\n\n"
                + "Example: serving state verify --state state")
        {
            state, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            StateLocation location = StateOption.Parse(parsed.GetValue(state)!);
            StateVerification found = await VerifyAsync(location, cancellation);
            Write(console, found, parsed.GetValue(json));
            return found.Problems.IsEmpty ? ExitCode.Done : ExitCode.CheckFailed;
        });
        return command;
    }

    private static async Task<StateVerification> VerifyAsync(StateLocation location, CancellationToken cancellation)
    {
        if (location.Kind == StateKind.Folder)
        {
            StateVerification found = await EmbeddedFolder.VerifyAsync(location.Folder, null, cancellation);
            return found with { Problems = found.Problems.AddRange(NotedScripts.ProblemsIn(location.Folder)) };
        }

        await using OpenStore store = await StateOption.OpenAsync(location);
        return await store.Maintenance.VerifyAsync(null, cancellation);
    }

    private static void Write(CommandConsole console, StateVerification found, bool isJson)
    {
        if (isJson)
        {
            JsonOutput.Write(console.Out, new JsonObject
            {
                ["ok"] = found.Problems.IsEmpty,
                ["blobs"] = found.Blobs,
                ["changes"] = found.Changes,
                ["bytes"] = found.Bytes,
                ["problems"] = JsonOutput.Texts(found.Problems),
            });
            return;
        }

        foreach (string problem in found.Problems)
        {
            console.Out.WriteLine(problem);
        }

        string changes = found.Changes > 0 ? $" and {found.Changes} changes since" : "";
        console.Out.WriteLine(found.Problems.IsEmpty
            ? $"ok: {found.Blobs} entities{changes}, {found.Bytes} bytes"
            : $"damaged: {found.Problems.Length} places; {found.Blobs} entities{changes}, {found.Bytes} bytes read");
    }
}
