using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Server.Admin;

namespace Serving.Cli.Commands;

/// <summary><c>token create</c>: makes a token of the admin API and shows it once.</summary>
internal static class TokenCreateCommand
{
    public static Command Create(CommandConsole console)
    {
        var role = new Option<string>("--role") { Description = "operate or admin.", Required = true };
        var name = new Option<string>("--name") { Description = "Whose it is, for the audit.", Required = true };
        var control = new Option<string>("--control")
        {
            Description = "The server's control folder.",
            Required = true,
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "create",
            "Make a token of the admin API. It is shown once; a running server takes it up.\n\n"
                + "Example: serving token create --role operate --name alice --control control")
        {
            role, name, control, json,
        };
        command.SetAction(async (parsed, _) =>
        {
            AdminRole given = parsed.GetValue(role) switch
            {
                "operate" => AdminRole.Operate,
                "admin" => AdminRole.Admin,
                _ => throw new UsageException($"--role {parsed.GetValue(role)}: expected operate or admin"),
            };
            string owner = parsed.GetValue(name)!;
            if (!TokenFile.IsName(owner))
            {
                throw new UsageException($"--name {owner}: expected {TokenFile.NameExpected}");
            }

            string token = TokenFile.Create(
                parsed.GetValue(control)!, owner, given, TimeProvider.System.GetUtcNow());
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(console.Out, new JsonObject
                {
                    ["name"] = owner,
                    ["role"] = parsed.GetValue(role),
                    ["token"] = token,
                });
            }
            else
            {
                await console.Out.WriteLineAsync(token);
            }

            return ExitCode.Done;
        });
        return command;
    }
}
