using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;

namespace Serving.Cli.Administration;

/// <summary>A command that does one act on a model, which may name a version.</summary>
internal static class VersionAct
{
    /// <summary>Adds the model, the server and the output's form, and has the command act.</summary>
    /// <param name="console">Receives the table.</param>
    /// <param name="command">The command, with the symbol that names the version.</param>
    /// <param name="act">What the admin API calls it, with its colon.</param>
    /// <param name="member">The body's member that names the version.</param>
    /// <param name="version">What was said; null for none.</param>
    public static Command Complete(
        CommandConsole console, Command command, string act, string member, Func<ParseResult, long?> version)
    {
        var model = new Argument<string>("MODEL") { Description = "Name of the model." };
        Option<string?> server = AdminTarget.Server();
        Option<bool> json = SharedOptions.Json();
        command.Arguments.Insert(0, model);
        command.Options.Add(server);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            using AdminClient client = AdminTarget.Connect(parsed.GetValue(server));
            JsonObject body = version(parsed) is { } named ? new JsonObject { [member] = named } : [];
            TableOutput.Write(
                console,
                await client.ActAsync(HttpMethod.Post, parsed.GetValue(model)!, act, body, cancellation),
                parsed.GetValue(json));
            return ExitCode.Done;
        });
        return command;
    }
}
