using System.Collections.Immutable;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>
/// Finds variables that calls read and the saver does not restore, where the graph names one that it does restore as
/// their copy: Keras 3 models saved by <c>tf.saved_model.save</c> hold their weights twice and save one of the two.
/// Python loads them by the object graph; TensorFlow's C library leaves them empty.
/// </summary>
internal static class UnrestoredVariables
{
    /// <summary>Names of nodes: the variable to fill, and the one that holds its value.</summary>
    public static ImmutableArray<(string To, string From)> Find(ModelGraph graph, TensorSources sources, ModelRuns runs)
    {
        HashSet<NodeDef> filled = Filled(graph, sources, runs);
        var copies = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (NodeDef node in graph.Main.Nodes)
        {
            if (node.Op == "AssignVariableOp" && !runs.Load.Contains(node)
                && Variable(graph, node.Input[0]) is { } copy && filled.Contains(copy)
                && Producer(graph, node.Input[1]) is { Op: "ReadVariableOp" } read
                && Variable(graph, read.Input[0]) is { } original && !filled.Contains(original)
                && runs.Calls.Contains(original))
            {
                copies.Add((original.Name, copy.Name));
                filled.Add(original);
            }
        }

        return copies.ToImmutable();
    }

    private static HashSet<NodeDef> Filled(ModelGraph graph, TensorSources sources, ModelRuns runs)
    {
        var filled = new HashSet<NodeDef>(ReferenceEqualityComparer.Instance);
        foreach (GraphScope scope in graph.Scopes)
        {
            foreach (NodeDef node in scope.Nodes)
            {
                if (node.Op == "AssignVariableOp" && (runs.Restore.Contains(node) || runs.Load.Contains(node)))
                {
                    filled.UnionWith((sources.Of(scope, node.Input[0]) ?? []).Select(source => source.Node));
                }
            }
        }

        return filled;
    }

    private static NodeDef? Variable(ModelGraph graph, string input) =>
        Producer(graph, input) is { Op: "VarHandleOp" } variable ? variable : null;

    private static NodeDef? Producer(ModelGraph graph, string input) =>
        TensorName.TryParse(input, out TensorName name) && !name.IsControl ? graph.Main.Find(name.Node) : null;
}
