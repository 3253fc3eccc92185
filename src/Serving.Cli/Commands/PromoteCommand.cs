using System.CommandLine;
using Serving.Cli.Administration;
using Serving.Cli.CommandLine;

namespace Serving.Cli.Commands;

/// <summary><c>promote MODEL [VERSION]</c>: makes the canary, or a version, stable.</summary>
internal static class PromoteCommand
{
    public static Command Create(CommandConsole console)
    {
        var version = new Argument<long?>("VERSION")
        {
            Description = "The version; the canary without one.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command(
            "promote",
            "Give a model's canary, or a version, all traffic.\n\n"
                + "Example: serving promote card-fraud")
        {
            version,
        };
        return VersionAct.Complete(console, command, ":promote", "version", parsed => parsed.GetValue(version));
    }
}
