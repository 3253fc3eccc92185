using System.Collections.Immutable;
using Serving.Data;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>Which graph of the file is served.</summary>
internal static class GraphChoice
{
    private const string ServeTag = "serve";

    /// <summary>
    /// The graph with exactly the given tags; without tags the one tagged exactly <c>serve</c>, else the only one.
    /// </summary>
    /// <exception cref="InputException">There is none, or the file does not say which.</exception>
    public static MetaGraphDef Choose(SavedModelProto file, ImmutableArray<string> tags)
    {
        string[] wanted = tags.IsDefaultOrEmpty ? [ServeTag] : [.. tags];
        MetaGraphDef[] matching = [.. file.MetaGraphs.Where(graph => TagsOf(graph).SetEquals(wanted))];
        if (matching.Length == 1)
        {
            return matching[0];
        }

        if (tags.IsDefaultOrEmpty && file.MetaGraphs.Count == 1)
        {
            return file.MetaGraphs[0];
        }

        string there = string.Join(
            "; ",
            file.MetaGraphs.Take(20).Select(graph => FileProblems.Quote(string.Join(',', TagsOf(graph).Order()))));
        throw FileProblems.One(
            "saved_model.pb",
            file.MetaGraphs.Count == 0 ? "no graph" : $"graphs tagged {there}",
            $"one tagged exactly {FileProblems.Quote(string.Join(',', wanted))}",
            "name the tags of the graph to serve");
    }

    /// <summary>The tags of a graph.</summary>
    public static HashSet<string> TagsOf(MetaGraphDef graph) => [.. graph.MetaInfoDef?.Tags ?? []];
}
