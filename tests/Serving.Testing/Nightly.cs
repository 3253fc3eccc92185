using System.Globalization;

namespace Serving.Testing;

/// <summary>How often a test repeats what it does: shortly in every build, long in the nightly job.</summary>
public static class Nightly
{
    /// <summary>Whether <c>tests/run --nightly</c> runs.</summary>
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("SERVING_NIGHTLY") == "1";

    /// <summary>The number of repetitions.</summary>
    /// <param name="everyBuild">In every build.</param>
    /// <param name="nightly">In the nightly job.</param>
    /// <param name="variable">Name of the environment's variable that says it instead; null for none.</param>
    public static int Count(int everyBuild, int nightly, string? variable = null)
    {
        string? said = variable is null ? null : Environment.GetEnvironmentVariable(variable);
        return said is not null ? int.Parse(said, CultureInfo.InvariantCulture) : IsOn ? nightly : everyBuild;
    }
}
