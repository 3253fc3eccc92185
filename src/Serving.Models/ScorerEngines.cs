using System.Collections.Immutable;

namespace Serving.Models;

/// <summary>Names of <see cref="ScorerEngine"/> as <c>--engine</c> spells them.</summary>
public static class ScorerEngines
{
    /// <summary>All names, in the order of the enumeration.</summary>
    public static ImmutableArray<string> Names { get; } =
        ["auto", "reference", "threaded", "lane-qs", "row-qs", "blend-rows", "mux", "oblivious"];

    /// <summary>The name of an engine.</summary>
    public static string NameOf(ScorerEngine engine) => Names[(int)engine];

    /// <summary>The engine of a name; false where there is none.</summary>
    public static bool TryParse(string name, out ScorerEngine engine)
    {
        int index = Names.IndexOf(name);
        engine = (ScorerEngine)Math.Max(index, 0);
        return index >= 0;
    }
}
