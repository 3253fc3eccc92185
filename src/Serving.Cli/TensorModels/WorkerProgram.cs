using System.Collections.Immutable;
using Serving.Cli.Commands;

namespace Serving.Cli.TensorModels;

/// <summary>How this program is started again as a worker.</summary>
internal static class WorkerProgram
{
    /// <summary>Program and arguments; the socket's path follows.</summary>
    /// <param name="tensorFlowLibrary">What the server was told of TensorFlow's library; null: nothing.</param>
    public static ImmutableArray<string> Of(string? tensorFlowLibrary)
    {
        string program = Environment.ProcessPath ?? "serving";
        bool isHosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string[] library = tensorFlowLibrary is null ? [] : ["--tensorflow-library", tensorFlowLibrary];
        string[] hosted = isHosted ? ["exec", Path.Combine(AppContext.BaseDirectory, "serving.dll")] : [];
        return [program, .. hosted, ModelWorkerCommand.Name, .. library];
    }
}
