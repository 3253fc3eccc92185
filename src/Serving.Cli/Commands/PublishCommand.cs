using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Cli.Administration;
using Serving.Cli.CommandLine;

namespace Serving.Cli.Commands;

/// <summary><c>publish BUNDLE</c>: sends a bundle to a server and gives it traffic.</summary>
internal static class PublishCommand
{
    public static Command Create(CommandConsole console)
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "The bundle, a folder or a .bundle file." };
        Option<string?> server = AdminTarget.Server("--to");
        var form = new Option<string?>("--as")
        {
            Description = "stable, canary (default: the plan), canary:5% (holds its share) or shadow:10%.",
        };
        var steps = new Option<string?>("--steps") { Description = "Shares of the plan, such as 1%,10%,50%,100%." };
        var hold = new Option<string?>("--hold") { Description = "How long each step lasts at least, such as 10m." };
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "publish",
            "Upload a bundle to a running server and publish it.\n\n"
                + "Example: serving publish models-sample/card-fraud/1 --as stable")
        {
            bundle, server, form, steps, hold, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            JsonObject body = TrafficText.Publication(
                parsed.GetValue(form), parsed.GetValue(steps), parsed.GetValue(hold));
            using AdminClient client = AdminTarget.Connect(parsed.GetValue(server));
            var upload = new BundleUpload(client, console, TimeProvider.System);
            (string model, long version) = await upload.SendAsync(parsed.GetValue(bundle)!, cancellation);
            await console.Error.WriteLineAsync($"{model} version {version} is on the server");
            body["version"] = version;
            await client.ActAsync(HttpMethod.Post, model, ":publish", body, cancellation);
            (JsonElement table, string? failure) =
                await new PublishWait(client, console).UntilDoneAsync(model, version, cancellation);
            TableOutput.Write(console, table, parsed.GetValue(json));
            if (failure is not null)
            {
                await console.Error.WriteLineAsync("error: " + failure);
            }

            return failure is null ? ExitCode.Done : ExitCode.CheckFailed;
        });
        return command;
    }
}
