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

        string existing = InputPath.Existing(path, "a model file");
        try
        {
            return ModelFile.Load(existing, parsed);
        }
        catch (InputException refused)
        {
            throw new InputException(
                [.. refused.Problems.Select(problem => Placed(path, problem))], refused.ProblemCount);
        }
    }

    // Importers see bytes and say where in them; a person with several models needs the file's name too.
    private static InputProblem Placed(string path, InputProblem problem) => problem.Place switch
    {
        "model" => problem with { Place = path },
        { } place when place.StartsWith(path, StringComparison.Ordinal) => problem,
        { } place => problem with { Place = $"{path}, {place}" },
    };
}
