using System.Collections.Immutable;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>
/// Refuses operators that reach outside the process, by name, wherever they stand in the file. Two things are no such
/// reach: the saver's operators where only the saver's own functions run them, and tables filled from the model's own
/// assets.
/// </summary>
internal static class UnsafeCheck
{
    /// <summary>Adds a problem per operator that is not allowed; gives all that are there, in order.</summary>
    public static ImmutableArray<string> Check(
        ModelGraph graph,
        TensorSources sources,
        ModelRuns runs,
        ModelAssets assets,
        ImmutableArray<string> allowed,
        FileProblems problems)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (GraphScope scope in graph.Scopes)
        {
            foreach (NodeDef node in scope.Nodes)
            {
                if (!OperatorTraits.IsUnsafe(node) || IsSavers(node, runs)
                    || (OperatorTraits.IsTableFile(node) && IsAsset(graph, sources, runs, assets, scope, node)))
                {
                    continue;
                }

                if (found.Add(node.Op) && !allowed.Contains(node.Op))
                {
                    problems.Add(
                        scope.Place(node),
                        $"operator {node.Op}, which reaches outside the model",
                        "operators that compute",
                        "it runs only where the bundle's manifest and the server's configuration both allow it");
                }
            }
        }

        return [.. found];
    }

    private static bool IsSavers(NodeDef node, ModelRuns runs)
    {
        if (!OperatorTraits.IsSaver(node) || runs.Calls.Contains(node) || runs.Load.Contains(node))
        {
            return false;
        }

        // Restoring runs on load: it reads the variables (RestoreCheck says which file) and writes nothing.
        return runs.Restore.Contains(node) ? node.Op == "RestoreV2" : runs.Save.Contains(node);
    }

    // Loading gives the tensors of assets their paths; in a call they would be what the file says.
    private static bool IsAsset(
        ModelGraph graph,
        TensorSources sources,
        ModelRuns runs,
        ModelAssets assets,
        GraphScope scope,
        NodeDef node) =>
        !runs.Calls.Contains(node) && sources.Of(scope, node.Input[1]) is { Count: > 0 } paths
        && paths.All(path => assets.IsPath(graph, path));
}
