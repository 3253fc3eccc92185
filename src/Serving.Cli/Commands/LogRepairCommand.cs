using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Cli.LogTools;
using Serving.Engine.Predictions.Log;

namespace Serving.Cli.Commands;

/// <summary><c>log repair DIR</c>: cuts the torn end off that a kill left, as a server does when it starts.</summary>
internal static class LogRepairCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> folder = LogFolder.Create();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "repair",
            "Cut off the torn end of a prediction log that no server holds.\n\n"
                + "Example: serving log repair log")
        {
            folder, json,
        };
        command.SetAction(parsed =>
        {
            long cut = LogRepair.Run(LogFolder.Existing(parsed.GetValue(folder)!));
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(console.Out, new JsonObject { ["cut_bytes"] = cut });
            }
            else
            {
                console.Out.WriteLine(cut == 0 ? "nothing to cut" : $"cut {cut} bytes");
            }

            return ExitCode.Done;
        });
        return command;
    }
}
