using System.Collections.Immutable;
using System.Text.Unicode;
using System.Text;
using Serving.Models.Links;
using Serving.Models.Trees;

namespace Serving.Models.Import.LightGbm;

/// <summary>Reads LightGBM's text models (v2 to v4), and bare trees without a head.</summary>
internal static class LightGbmImporter
{
    /// <summary>Bare trees name their features by number only.</summary>
    private const int BareFeaturesMax = 1_000_000;

    /// <summary>Reads a model.</summary>
    /// <param name="bytes">The file.</param>
    /// <exception cref="Data.InputException">The bytes are no such model, or a broken one.</exception>
    public static TreeEnsemble Read(ReadOnlySpan<byte> bytes)
    {
        CheckText(bytes);
        LightGbmLines lines = new(bytes);
        lines.Peek(out ReadOnlySpan<byte> first);
        LightGbmHead head;
        if (first.SequenceEqual("tree"u8))
        {
            lines.Take();
            head = LightGbmHead.Read(LightGbmSection.Read(ref lines, "head"));
        }
        else
        {
            head = BareHead(bytes);
        }

        ForestRules rules = ForestRules.LightGbm;
        TreeEnsembleBuilder builder = new(rules, head.Names.Length, head.TreesPerIteration);
        ReadTrees(ref lines, head, builder);
        CheckEnd(ref lines, head, builder.TreeCount);
        ScoreLink link = LightGbmObjective.LinkOf(head.Objective, head.TreesPerIteration);
        int iterations = Math.Max(builder.TreeCount / head.TreesPerIteration, 1);
        return new TreeEnsemble(
            new ModelIdentity(
                ModelFormat.LightGbm,
                "lightgbm",
                head.Version,
                head.Objective.Length == 0 ? "none" : head.Objective,
                NotCarriedOver(ref lines)),
            [.. head.Names.Select((name, i) => new ModelFeature(name, head.IsCategory[i] ? "category" : "number", []))],
            DefaultNames.Are(head.Names),
            builder.Build([.. new double[head.TreesPerIteration]]),
            head.IsAveraged ? new AverageLink(link, iterations) : link);
    }

    private static void CheckText(ReadOnlySpan<byte> bytes)
    {
        int nul = bytes.IndexOf((byte)0);
        if (nul >= 0)
        {
            throw ImportProblem.Of($"byte {nul}", "a NUL byte", "text");
        }

        if (!Utf8.IsValid(bytes))
        {
            throw ImportProblem.Of("model", "bytes that are not UTF-8", "text in UTF-8");
        }
    }

    private static void ReadTrees(ref LightGbmLines lines, LightGbmHead head, TreeEnsembleBuilder builder)
    {
        bool anyLinear = lines.File.IndexOf("is_linear=1"u8) >= 0;
        while (lines.Peek(out ReadOnlySpan<byte> line) && line.StartsWith("Tree="u8))
        {
            lines.Take();
            LightGbmSection section = LightGbmSection.Read(ref lines, $"tree {builder.TreeCount}");

            // The last line of a tree: without it the tree is cut off, perhaps inside of a number.
            if (head.Version.Length > 0)
            {
                section.Get("shrinkage");
            }

            int output = builder.TreeCount % head.TreesPerIteration;
            LightGbmTreeReader.Read(builder, section, output, anyLinear, head.IsCategory);
        }
    }

    private static void CheckEnd(ref LightGbmLines lines, LightGbmHead head, int trees)
    {
        if (head.TreeCount >= 0 && head.TreeCount != trees)
        {
            throw ImportProblem.Of("trees", $"{trees} trees", $"{head.TreeCount}, as tree_sizes says");
        }

        if (trees % head.TreesPerIteration != 0)
        {
            throw ImportProblem.Of("trees", $"{trees} trees", $"a multiple of {head.TreesPerIteration}");
        }

        bool hasEnd = lines.Peek(out ReadOnlySpan<byte> line) && line.SequenceEqual("end of trees"u8);
        if (!hasEnd && head.Version is ("v3" or "v4"))
        {
            throw ImportProblem.Of("model", "no line 'end of trees'", "a model that is not cut off");
        }
    }

    /// <summary>A head for bare trees: as many features as their splits name, one output, no objective.</summary>
    private static LightGbmHead BareHead(ReadOnlySpan<byte> bytes)
    {
        LightGbmLines lines = new(bytes);
        int features = 0;
        while (lines.Peek(out ReadOnlySpan<byte> line))
        {
            foreach (string key in (ReadOnlySpan<string>)["split_feature=", "leaf_features="])
            {
                if (line.StartsWith(Encoding.ASCII.GetBytes(key)))
                {
                    int[] used = LightGbmNumbers.Integers(line[key.Length..], key, 0, BareFeaturesMax);
                    features = Math.Max(features, used.Length == 0 ? 0 : used.Max() + 1);
                }
            }

            lines.Take();
        }

        ImmutableArray<string> names = [.. Enumerable.Range(0, features).Select(i => $"Column_{i}")];
        return new LightGbmHead("", "", names, new bool[features], 1, false, -1);
    }

    private static ImmutableArray<string> NotCarriedOver(ref LightGbmLines lines)
    {
        ImmutableArray<string>.Builder remarks = ImmutableArray.CreateBuilder<string>();
        while (lines.Peek(out ReadOnlySpan<byte> line))
        {
            if (line.StartsWith("pandas_categorical:["u8) && !line.StartsWith("pandas_categorical:[]"u8))
            {
                remarks.Add("pandas_categorical: categories are given by their codes");
            }

            lines.Take();
        }

        return remarks.ToImmutable();
    }
}
