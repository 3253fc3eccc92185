using System.Collections.Immutable;

namespace Serving.Models.Import.LightGbm;

/// <summary>What a model says of itself before its trees. Immutable.</summary>
/// <param name="Version">Version of the format: v2, v3, v4; empty for trees without a head.</param>
/// <param name="Objective">The objective's line; empty where there is none.</param>
/// <param name="Names">Names of the features.</param>
/// <param name="IsCategory">Which features are categorical by their infos.</param>
/// <param name="TreesPerIteration">Trees of an iteration, which are the outputs.</param>
/// <param name="IsAveraged">Whether predictions divide the sum by the iterations.</param>
/// <param name="TreeCount">Trees as tree_sizes counts them; -1 where it is not there.</param>
internal sealed record LightGbmHead(
    string Version,
    string Objective,
    ImmutableArray<string> Names,
    bool[] IsCategory,
    int TreesPerIteration,
    bool IsAveraged,
    int TreeCount)
{
    /// <summary>Outputs at most; each costs a tree.</summary>
    private const int OutputsMax = 1_000_000;

    public static LightGbmHead Read(LightGbmSection section)
    {
        string version = section.Text("version");
        if (version is not ("v2" or "v3" or "v4"))
        {
            throw ImportProblem.Of("version", version.Length == 0 ? "no version" : version, "v2, v3 or v4");
        }

        int features = section.Integer("max_feature_idx", 0, int.MaxValue - 1) + 1;
        int perIteration = section.Integer("num_tree_per_iteration", 1, OutputsMax);
        int classes = section.Integer("num_class", 1, OutputsMax);
        if (classes != perIteration)
        {
            throw ImportProblem.Of("num_tree_per_iteration", $"{perIteration}", $"{classes}, as num_class says");
        }

        return new LightGbmHead(
            version,
            section.Text("objective").Trim(),
            ReadNames(section, features),
            ReadInfos(section, features),
            perIteration,
            section.Has("average_output"),
            section.Has("tree_sizes")
                ? LightGbmNumbers.Integers(section.Find("tree_sizes"), "tree_sizes", 1, int.MaxValue).Length
                : -1);
    }

    private static ImmutableArray<string> ReadNames(LightGbmSection section, int features)
    {
        _ = section.Get("feature_names");
        string[] names = section.Text("feature_names").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length != features)
        {
            throw ImportProblem.Of("feature_names", $"{names.Length} names", $"{features}, as max_feature_idx says");
        }

        HashSet<string> seen = new(names.Length, StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (!seen.Add(name))
            {
                throw ImportProblem.Of("feature_names", $"\"{name}\" a second time", "names that differ");
            }
        }

        return [.. names];
    }

    /// <summary>An info is <c>none</c>, <c>[least:greatest]</c>, or the categories with colons between.</summary>
    private static bool[] ReadInfos(LightGbmSection section, int features)
    {
        string[] infos = section.Text("feature_infos").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (infos.Length != 0 && infos.Length != features)
        {
            throw ImportProblem.Of("feature_infos", $"{infos.Length} infos", $"{features}, as max_feature_idx says");
        }

        bool[] isCategory = new bool[features];
        for (int i = 0; i < infos.Length; i++)
        {
            isCategory[i] = infos[i] != "none" && !infos[i].StartsWith('[');
        }

        return isCategory;
    }
}
