using Serving.Data;

namespace Serving.Features;

/// <summary>Refuses a program whose statistics are missing or were fitted for another script.</summary>
internal static class StatisticsCheck
{
    /// <summary>Asks whether statistics are a script's own and whole.</summary>
    /// <exception cref="InputException">They do not go together.</exception>
    public static void Check(FeatureScript script, FittedStatistics? statistics)
    {
        if (statistics is null && script.NeedsStatistics)
        {
            throw new InputException(new InputProblem(
                $"script {script.Name}",
                "no statistics",
                "the fitted statistics of its encoders",
                "run features fit, then give --statistics FILE"));
        }

        if (statistics is not null && statistics.ScriptSha256 != script.Sha256)
        {
            throw new InputException(new InputProblem(
                "statistics",
                $"those of script {statistics.ScriptSha256}",
                $"those of script {script.Sha256}",
                "fit the statistics again: the script has changed since"));
        }

        if (statistics?.CheckFor(script.Bound) is { Length: > 0 } problems)
        {
            throw new InputException([.. problems.Take(InputException.ProblemsShownMax)], problems.Length);
        }
    }
}
