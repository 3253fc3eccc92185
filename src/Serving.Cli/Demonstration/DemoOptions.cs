using Serving.Cli.CommandLine;

namespace Serving.Cli.Demonstration;

/// <summary>What a demo is asked for.</summary>
internal sealed record DemoOptions(
    int Requests, double Rate, bool Once, string Model, bool Json, bool Canary, string? TensorFlowLibrary)
{
    public const string ModelsFolder = "models-sample";

    /// <summary>Refuses options that have no sense.</summary>
    /// <exception cref="UsageException">An option has no sense.</exception>
    public void Check()
    {
        if (Requests < 1)
        {
            throw new UsageException($"--requests {Requests}: a number from 1 is expected");
        }

        if (!(Rate > 0 && Rate <= 1_000_000))
        {
            throw new UsageException($"--rate {Rate}: a number above 0 is expected");
        }

        if (!Directory.Exists(Path.Combine(ModelsFolder, Model)))
        {
            throw new UsageException(
                $"--model {Model}: there is no folder {Path.Combine(ModelsFolder, Model)}; "
                    + "run the demo in the checkout's root");
        }
    }
}
