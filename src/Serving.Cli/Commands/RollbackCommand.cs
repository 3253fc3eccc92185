using System.CommandLine;
using Serving.Cli.Administration;
using Serving.Cli.CommandLine;

namespace Serving.Cli.Commands;

/// <summary><c>rollback MODEL</c>: takes the canary back, or goes back to the version before.</summary>
internal static class RollbackCommand
{
    public static Command Create(CommandConsole console)
    {
        var to = new Option<long?>("--to") { Description = "The version to go back to." };
        var command = new Command(
            "rollback",
            "Take a model's canary back, or go back to the version that was stable before.\n\n"
                + "Example: serving rollback card-fraud")
        {
            to,
        };
        return VersionAct.Complete(console, command, ":rollback", "to", parsed => parsed.GetValue(to));
    }
}
