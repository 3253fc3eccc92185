using Serving.Models;

namespace Serving.Cli.CommandLine;

/// <summary>Loads the model file that a command names.</summary>
internal static class ModelSource
{
    public static ScoringModel Load(string path, string format)
    {
        if (!ModelFormats.TryParse(format, out ModelFormat parsed))
        {
            throw new UsageException($"--format {format}: expected one of {string.Join(", ", ModelFormats.Names)}");
        }

        string existing = InputPath.Existing(path, "a model file");
        return Placed.In(path, "model", () => ModelFile.Load(existing, parsed));
    }
}
