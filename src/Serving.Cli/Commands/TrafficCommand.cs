using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Cli.Administration;
using Serving.Cli.CommandLine;

namespace Serving.Cli.Commands;

/// <summary><c>traffic MODEL [SPLIT]</c>: shows or sets which version answers how much.</summary>
internal static class TrafficCommand
{
    public static Command Create(CommandConsole console)
    {
        var model = new Argument<string>("MODEL") { Description = "Name of the model." };
        var split = new Argument<string[]>("SPLIT")
        {
            Description = "Shares such as 7=95%,8=5% of versions or labels, shadow:9=10% beside them.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string?> server = AdminTarget.Server();
        var by = new Option<string?>("--by") { Description = "The request's field whose value decides." };
        var watch = new Option<bool>("--watch") { Description = "Show the table until interrupted." };
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "traffic",
            "Show or set the shares of a model's versions.\n\n"
                + "Example: serving traffic card-fraud 1=100%")
        {
            model, split, server, by, watch, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string name = parsed.GetValue(model)!;
            JsonObject body = TrafficText.Split(parsed.GetValue(split) ?? []);
            if (parsed.GetValue(by) is { } field)
            {
                body["by"] = field.Length == 0 ? null : field;
            }

            using AdminClient client = AdminTarget.Connect(parsed.GetValue(server));
            JsonElement table = body.Count == 0
                ? await client.TableAsync(name, cancellation)
                : await client.ActAsync(HttpMethod.Put, name, "/traffic", body, cancellation);
            if (parsed.GetValue(watch))
            {
                await TableOutput.WatchAsync(
                    console, () => client.TableAsync(name, cancellation), parsed.GetValue(json), cancellation);
            }
            else
            {
                TableOutput.Write(console, table, parsed.GetValue(json));
            }

            return ExitCode.Done;
        });
        return command;
    }
}
