using System.Collections.Immutable;
using Serving.Data;
using Serving.Features;

namespace Serving.Engine.Bundles;

/// <summary>
/// Turns the bytes of a script and of statistics into what they are; every complaint becomes a problem.
/// </summary>
internal static class BundleParts
{
    /// <summary>The script, or null after noting its errors.</summary>
    public static FeatureScript? Script(byte[] utf8, string file, BundleProblems problems)
    {
        FeatureScript? script = FeatureScript.Compile(utf8, file, out ImmutableArray<Diagnostic> diagnostics);
        if (script is null)
        {
            foreach (Diagnostic error in diagnostics.Where(diagnostic => diagnostic.IsError))
            {
                string place = $"{error.Path}:{error.Line}:{error.Column}";
                problems.Add(place, $"{error.Code} {error.Message}", "a script", error.Help);
            }
        }

        return script;
    }

    /// <summary>
    /// The statistics of a script, or null after noting why not (or where none are needed and none are given).
    /// </summary>
    public static FittedStatistics? Statistics(
        byte[]? utf8, string? file, FeatureScript? script, BundleProblems problems)
    {
        if (utf8 is null || script is null)
        {
            if (script is { NeedsStatistics: true })
            {
                problems.Add("statistics", "none", "those of this script, since its encoders are fitted",
                    "make them by `features fit`");
            }

            return null;
        }

        FittedStatistics? statistics = Guarded(problems, () => FittedStatistics.Read(utf8, file!));
        if (statistics is not null && statistics.ScriptSha256 != script.Sha256)
        {
            problems.Add(file!, $"statistics of the script {statistics.ScriptSha256}", $"of the script {script.Sha256}",
                "fit them again: `features fit`");
            return null;
        }

        return statistics;
    }

    /// <summary>What a reader gives, or null after noting what it refuses.</summary>
    public static T? Guarded<T>(BundleProblems problems, Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (InputException exception)
        {
            problems.Add(exception);
            return null;
        }
    }
}
