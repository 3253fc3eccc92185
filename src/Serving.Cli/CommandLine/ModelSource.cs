using Serving.Data;
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

        if (!File.Exists(path))
        {
            throw new InputException(new InputProblem(path, "no such file", "a model file", "check the path"));
        }

        return ModelFile.Load(path, parsed);
    }
}
