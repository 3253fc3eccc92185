using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.NativeModels.Workers;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>model-worker SOCKET</c>: runs one tensor model for the server that started it (<c>isolation: process</c>). Not
/// for people, and not shown to them.
/// </summary>
internal static class ModelWorkerCommand
{
    /// <summary>Its name.</summary>
    public const string Name = "model-worker";

    public static Command Create(CommandConsole console)
    {
        var socket = new Argument<string>("SOCKET") { Description = "The server's socket." };
        var library = new Option<string?>("--tensorflow-library") { Description = "TensorFlow's library." };
        var command = new Command(
            Name,
            "Run one tensor model for the server that started this.\n\n"
                + "Example: serving model-worker /tmp/serving-0123456789ab/s")
        {
            socket, library,
        };
        command.Hidden = true;

        // Signals to the whole group are the server's to answer: a worker ends when its server has closed its side, so
        // that requests under way are answered while the server drains.
        command.SetAction((parsed, _) => WorkerHost.RunAsync(
            parsed.GetValue(socket)!, console.Runtimes(parsed.GetValue(library)), CancellationToken.None));
        return command;
    }
}
