using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.Administration;
using Serving.Cli.CommandLine;

namespace Serving.Cli.Commands;

/// <summary><c>rollback MODEL</c>: takes the canary back, or goes back to the version before.</summary>
internal static class RollbackCommand
{
    public static Command Create(CommandConsole console)
    {
        var model = new Argument<string>("MODEL") { Description = "Name of the model." };
        Option<string?> server = AdminTarget.Server();
        var to = new Option<long?>("--to") { Description = "The version to go back to." };
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "rollback",
            "Take a model's canary back, or go back to the version that was stable before.\n\n"
                + "Example: serving rollback card-fraud")
        {
            model, server, to, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using AdminClient client = AdminTarget.Connect(parsed.GetValue(server));
            JsonObject body = parsed.GetValue(to) is { } named ? new JsonObject { ["to"] = named } : [];
            TableOutput.Write(
                console,
                await client.ActAsync(HttpMethod.Post, parsed.GetValue(model)!, ":rollback", body, cancellation),
                parsed.GetValue(json));
            return ExitCode.Done;
        });
        return command;
    }
}
