using System.CommandLine;
using System.Text.Json;
using Serving.Cli.Administration;
using Serving.Cli.CommandLine;

namespace Serving.Cli.Commands;

/// <summary><c>versions [MODEL]</c>: what a server serves, and what each version does.</summary>
internal static class VersionsCommand
{
    public static Command Create(CommandConsole console)
    {
        var model = new Argument<string?>("MODEL")
        {
            Description = "Name of the model; all without one.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> server = AdminTarget.Server();
        var load = new Option<long?>("--load") { Description = "Have a version loaded and kept Ready." };
        var unload = new Option<long?>("--unload") { Description = "Have a version retired." };
        var watch = new Option<bool>("--watch") { Description = "Show the table until interrupted." };
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "versions",
            "Show the versions of a running server, their traffic and gates.\n\n"
                + "Example: serving versions card-fraud --watch")
        {
            model, server, load, unload, watch, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string? name = parsed.GetValue(model);
            (long? loaded, long? unloaded) = (parsed.GetValue(load), parsed.GetValue(unload));
            if ((loaded ?? unloaded) is not null && (name is null || (loaded is not null && unloaded is not null)))
            {
                throw new UsageException("--load or --unload: one of them, with a MODEL");
            }

            using AdminClient client = AdminTarget.Connect(parsed.GetValue(server));
            if ((loaded ?? unloaded) is { } version)
            {
                string rest = $"/versions/{version}:{(loaded is null ? "unload" : "load")}";
                await client.ActAsync(HttpMethod.Post, name!, rest, null, cancellation);
            }

            Task<JsonElement> Look() =>
                name is null ? client.AllAsync(cancellation) : client.TableAsync(name, cancellation);
            if (parsed.GetValue(watch))
            {
                await TableOutput.WatchAsync(console, Look, parsed.GetValue(json), cancellation);
            }
            else
            {
                TableOutput.Write(console, await Look(), parsed.GetValue(json));
            }

            return ExitCode.Done;
        });
        return command;
    }
}
