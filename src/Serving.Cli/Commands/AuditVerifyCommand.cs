using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Data;
using Serving.Engine.Routing.Durable;

namespace Serving.Cli.Commands;

/// <summary><c>audit verify DIR</c>: whether the audit of a control folder is as it was written.</summary>
internal static class AuditVerifyCommand
{
    public static Command Create(CommandConsole console)
    {
        var folder = new Argument<string>("DIR") { Description = "The control folder." };
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "verify",
            "Check that no line of an audit was changed, put in or taken out.\n\n"
                + "Example: serving audit verify models-sample/.control")
        {
            folder, json,
        };
        command.SetAction(async (parsed, _) =>
        {
            string path = parsed.GetValue(folder)!;
            if (!File.Exists(Path.Combine(path, ControlFiles.Audit))
                && !File.Exists(Path.Combine(path, ControlFiles.Table)))
            {
                throw new InputException(new InputProblem(
                    path, $"no {ControlFiles.Audit}", "a control folder", "it is .control in the models folder"));
            }

            AuditVerification verified = AuditVerifier.Verify(path);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(console.Out, new JsonObject
                {
                    ["ok"] = verified.IsOk,
                    ["lines"] = verified.Lines,
                    ["line"] = verified.IsOk ? null : verified.Line,
                    ["problem"] = verified.IsOk ? null : verified.Problem,
                    ["torn_bytes"] = verified.TornBytes,
                });
            }
            else
            {
                string torn = verified.TornBytes > 0
                    ? $"; behind them {verified.TornBytes} bytes of a line that a stop tore"
                    : "";
                await console.Out.WriteLineAsync(verified.IsOk
                    ? $"ok: {verified.Lines} lines{torn}"
                    : $"{ControlFiles.Audit}:{verified.Line}: {verified.Problem}");
            }

            return verified.IsOk ? ExitCode.Done : ExitCode.CheckFailed;
        });
        return command;
    }
}
