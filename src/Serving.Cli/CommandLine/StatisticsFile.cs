using Serving.Data;
using Serving.Features;

namespace Serving.Cli.CommandLine;

/// <summary>Reads fitted statistics.</summary>
internal static class StatisticsFile
{
    /// <summary>The statistics of a file; null without a path.</summary>
    public static FittedStatistics? Read(string? path)
    {
        if (path is null)
        {
            return null;
        }

        if (!File.Exists(path))
        {
            throw new InputException(new InputProblem(path, "no such file", "fitted statistics", "run features fit"));
        }

        return FittedStatistics.Read(File.ReadAllBytes(path), path);
    }
}
