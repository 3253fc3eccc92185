using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.Administration;
using Serving.Cli.CommandLine;

namespace Serving.Cli.Commands;

/// <summary><c>promote MODEL [VERSION]</c>: makes the canary, or a version, stable.</summary>
internal static class PromoteCommand
{
    public static Command Create(CommandConsole console)
    {
        var model = new Argument<string>("MODEL") { Description = "Name of the model." };
        var version = new Argument<long?>("VERSION")
        {
            Description = "The version; the canary without one.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> server = AdminTarget.Server();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "promote",
            "Give a model's canary, or a version, all traffic.\n\n"
                + "Example: serving promote card-fraud")
        {
            model, version, server, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using AdminClient client = AdminTarget.Connect(parsed.GetValue(server));
            JsonObject body = parsed.GetValue(version) is { } named ? new JsonObject { ["version"] = named } : [];
            TableOutput.Write(
                console,
                await client.ActAsync(HttpMethod.Post, parsed.GetValue(model)!, ":promote", body, cancellation),
                parsed.GetValue(json));
            return ExitCode.Done;
        });
        return command;
    }
}
