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

        string existing = InputPath.Existing(path, "fitted statistics, as features fit writes them");
        return Placed.In(path, "statistics", () => FittedStatistics.Read(File.ReadAllBytes(existing), path));
    }
}
