using System.Collections.Frozen;
using Google.Protobuf;
using Serving.Models.Import.Onnx.Wire;

namespace Serving.Models.Import.Onnx;

/// <summary>
/// Checks forests: attributes of equal lengths, known modes, children that are nodes of the same tree with one parent
/// each, leaves that there are. The runtime follows the numbers as they are.
/// </summary>
internal static class OnnxTrees
{
    private static readonly FrozenSet<string> Modes = FrozenSet.ToFrozenSet(
        ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "LEAF"]);

    // Of version 5 of ai.onnx.ml, by number; 6 tests whether a value is one of a list.
    private const int LastModeNumber = 6;

    /// <summary>Checks a node; one that is no forest has no problem.</summary>
    public static void Check(string place, NodeProto node, OnnxProblems problems)
    {
        if (node.Domain != "ai.onnx.ml")
        {
            return;
        }

        switch (node.OpType)
        {
            case "TreeEnsembleRegressor":
                CheckForest(place, node, "target", OnnxAttributes.Int(node, "n_targets", 1), problems);
                break;
            case "TreeEnsembleClassifier":
                int classes = Math.Max(
                    OnnxAttributes.Strings(node, "classlabels_strings").Count,
                    OnnxAttributes.Ints(node, "classlabels_int64s").Count);
                CheckForest(place, node, "class", classes, problems);
                break;
            case "TreeEnsemble":
                CheckFlatForest(place, node, problems);
                break;
        }
    }

    private static void CheckForest(string place, NodeProto node, string kind, long outputs, OnnxProblems problems)
    {
        IReadOnlyList<long> trees = OnnxAttributes.Ints(node, "nodes_treeids");
        long before = problems.Count;
        foreach (
            string name in (string[])["nodes_nodeids", "nodes_featureids", "nodes_truenodeids", "nodes_falsenodeids"])
        {
            CheckLength(place, name, OnnxAttributes.Ints(node, name).Count, trees.Count, problems);
        }

        CheckLength(place, "nodes_modes", OnnxAttributes.Strings(node, "nodes_modes").Count, trees.Count, problems);
        long thresholds = OnnxAttributes.FloatCount(node, "nodes_values", "nodes_values_as_tensor");
        CheckLength(place, "nodes_values", thresholds, trees.Count, problems);
        int tracks = OnnxAttributes.Ints(node, "nodes_missing_value_tracks_true").Count;
        CheckLength(place, "nodes_missing_value_tracks_true", tracks, tracks == 0 ? 0 : trees.Count, problems);
        IReadOnlyList<long> leaves = OnnxAttributes.Ints(node, kind + "_treeids");
        CheckLength(place, kind + "_nodeids", OnnxAttributes.Ints(node, kind + "_nodeids")
            .Count, leaves.Count, problems);
        CheckLength(place, kind + "_ids", OnnxAttributes.Ints(node, kind + "_ids").Count, leaves.Count, problems);
        long weights = OnnxAttributes.FloatCount(node, kind + "_weights", kind + "_weights_as_tensor");
        CheckLength(place, kind + "_weights", weights, leaves.Count, problems);
        if (problems.Count == before)
        {
            CheckNodes(place, node, kind, outputs, problems);
        }
    }

    private static void CheckNodes(string place, NodeProto node, string kind, long outputs, OnnxProblems problems)
    {
        IReadOnlyList<long> trees = OnnxAttributes.Ints(node, "nodes_treeids");
        IReadOnlyList<long> ids = OnnxAttributes.Ints(node, "nodes_nodeids");
        IReadOnlyList<long> features = OnnxAttributes.Ints(node, "nodes_featureids");
        IReadOnlyList<ByteString> modes = OnnxAttributes.Strings(node, "nodes_modes");
        var index = new Dictionary<(long Tree, long Node), int>();
        var isLeaf = new bool[trees.Count];
        for (int i = 0; i < trees.Count; i++)
        {
            string mode = modes[i].Length <= 16 ? modes[i].ToStringUtf8() : "...";
            isLeaf[i] = mode == "LEAF";
            if (!Modes.Contains(mode) || features[i] < 0 || !index.TryAdd((trees[i], ids[i]), i))
            {
                problems.Add(
                    $"{place}, node {ids[i]} of tree {trees[i]}",
                    $"mode '{mode}', feature {features[i]}, or a node again",
                    $"one of {string.Join(", ", Modes.Order(StringComparer.Ordinal))}, a feature from 0, "
                        + "each node once");
                return;
            }
        }

        CheckChildren(place, node, index, isLeaf, problems);
        CheckLeaves(place, node, kind, outputs, index, problems);
    }

    private static void CheckChildren(
        string place,
        NodeProto node,
        Dictionary<(long Tree, long Node), int> index,
        bool[] isLeaf,
        OnnxProblems problems)
    {
        IReadOnlyList<long> trees = OnnxAttributes.Ints(node, "nodes_treeids");
        IReadOnlyList<long> ids = OnnxAttributes.Ints(node, "nodes_nodeids");
        IReadOnlyList<long>[] sides =
            [OnnxAttributes.Ints(node, "nodes_truenodeids"), OnnxAttributes.Ints(node, "nodes_falsenodeids")];
        var children = new List<(int Parent, int Child)>();
        for (int i = 0; i < isLeaf.Length; i++)
        {
            for (int side = 0; side < 2 && !isLeaf[i]; side++)
            {
                if (!index.TryGetValue((trees[i], sides[side][i]), out int child))
                {
                    problems.Add(
                        $"{place}, node {ids[i]} of tree {trees[i]}",
                        $"child {sides[side][i]}",
                        "a node of the same tree");
                    return;
                }

                children.Add((i, child));
            }
        }

        CheckNoCycle(place, isLeaf.Length, children, problems);
    }

    // Some writers let both sides of a split lead to the same node, and equal subtrees be shared: no cycle is enough.
    private static void CheckNoCycle(
        string place, int count, List<(int Parent, int Child)> children, OnnxProblems problems)
    {
        var parents = new int[count];
        foreach ((_, int child) in children)
        {
            parents[child]++;
        }

        ILookup<int, int> byParent = children.ToLookup(pair => pair.Parent, pair => pair.Child);
        var reached = new Stack<int>(Enumerable.Range(0, count).Where(i => parents[i] == 0));
        int done = 0;
        while (reached.TryPop(out int next))
        {
            done++;
            foreach (int child in byParent[next])
            {
                if (--parents[child] == 0)
                {
                    reached.Push(child);
                }
            }
        }

        if (done < count)
        {
            problems.Add(place, "a tree whose nodes lead back to themselves", "no cycle");
        }
    }

    private static void CheckLeaves(
        string place,
        NodeProto node,
        string kind,
        long outputs,
        Dictionary<(long Tree, long Node), int> index,
        OnnxProblems problems)
    {
        IReadOnlyList<long> trees = OnnxAttributes.Ints(node, kind + "_treeids");
        IReadOnlyList<long> ids = OnnxAttributes.Ints(node, kind + "_nodeids");
        IReadOnlyList<long> targets = OnnxAttributes.Ints(node, kind + "_ids");
        for (int i = 0; i < trees.Count; i++)
        {
            if (!index.ContainsKey((trees[i], ids[i])) || targets[i] < 0 || targets[i] >= Math.Max(1, outputs))
            {
                problems.Add(
                    $"{place}, leaf {i}",
                    $"node {ids[i]} of tree {trees[i]}, output {targets[i]}",
                    $"a node that there is, output 0 to {Math.Max(1, outputs) - 1}");
                return;
            }
        }
    }

    private static void CheckFlatForest(string place, NodeProto node, OnnxProblems problems)
    {
        IReadOnlyList<long> features = OnnxAttributes.Ints(node, "nodes_featureids");
        IReadOnlyList<long> leaves = OnnxAttributes.Ints(node, "leaf_targetids");
        long before = problems.Count;
        TensorProto modes = OnnxAttributes.Find(node, "nodes_modes")?.T ?? new TensorProto();
        CheckLength(place, "nodes_modes", modes.RawData.Length + modes.Int32Data.Count, features.Count, problems);
        long splits = OnnxAttributes.FloatCount(node, "", "nodes_splits");
        CheckLength(place, "nodes_splits", splits, features.Count, problems);
        CheckLength(
            place, "leaf_weights", OnnxAttributes.FloatCount(node, "", "leaf_weights"), leaves.Count, problems);
        foreach (
            string name in (string[])["nodes_truenodeids", "nodes_falsenodeids", "nodes_trueleafs", "nodes_falseleafs"])
        {
            CheckLength(place, name, OnnxAttributes.Ints(node, name).Count, features.Count, problems);
        }

        long targets = OnnxAttributes.Int(node, "n_targets", 1);
        if (leaves.Any(target => target < 0 || target >= targets) || features.Any(feature => feature < 0)
            || modes.RawData.Any(mode => mode > LastModeNumber)
            || modes.Int32Data.Any(mode => mode is < 0 or > LastModeNumber))
        {
            problems.Add(place, "a target, feature or mode out of range", $"targets 0 to {targets - 1}, modes 0 to 6");
        }

        if (problems.Count == before)
        {
            CheckFlatChildren(place, node, features.Count, leaves.Count, problems);
        }
    }

    private static void CheckFlatChildren(string place, NodeProto node, int nodes, int leaves, OnnxProblems problems)
    {
        var children = new List<(int Parent, int Child)>();
        foreach (string side in (string[])["true", "false"])
        {
            IReadOnlyList<long> ids = OnnxAttributes.Ints(node, $"nodes_{side}nodeids");
            IReadOnlyList<long> isLeaf = OnnxAttributes.Ints(node, $"nodes_{side}leafs");
            for (int i = 0; i < nodes; i++)
            {
                long end = isLeaf[i] == 0 ? nodes : leaves;
                if (ids[i] < 0 || ids[i] >= end)
                {
                    problems.Add($"{place}, node {i}", $"child {ids[i]}", $"0 to {end - 1}");
                    return;
                }

                if (isLeaf[i] == 0)
                {
                    children.Add((i, (int)ids[i]));
                }
            }
        }

        CheckNoCycle(place, nodes, children, problems);
        if (OnnxAttributes.Ints(node, "tree_roots").Any(root => root < 0 || root >= nodes))
        {
            problems.Add($"{place}, tree_roots", "a root that there is not", $"0 to {nodes - 1}");
        }
    }

    private static void CheckLength(string place, string name, long found, long expected, OnnxProblems problems)
    {
        if (found != expected)
        {
            problems.Add($"{place}, {name}", $"{found} values", $"{expected}, one for each node or leaf");
        }
    }
}
