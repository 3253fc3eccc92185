using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Serving.Models.Import;

namespace Serving.Models.Trees;

/// <summary>
/// Takes trees from an importer, checks their structure, and makes the canonical forest. Nothing else makes one, so a
/// forest's indices are right by construction: kernels rely on it.
/// </summary>
internal sealed class TreeEnsembleBuilder(ForestRules rules, int featureCount, int outputCount)
{
    /// <summary>Nodes at most: places are 32-bit, and 100 million leaves are an attack or a mistake.</summary>
    public const int NodesMax = 100_000_000;

    /// <summary>Splits on a path at most. Tools stop far below; deeper trees are hostile.</summary>
    public const int DepthMax = 10_000;

    private readonly List<TreeNode> _nodes = [];
    private readonly List<int> _roots = [];
    private readonly List<int> _outputs = [];
    private readonly List<uint> _setWords = [];
    private readonly List<int> _setEnds = [];
    private readonly List<float> _leafVectors = [];
    private readonly List<double> _constants = [];
    private readonly List<int> _termEnds = [];
    private readonly List<int> _termFeatures = [];
    private readonly List<double> _coefficients = [];
    private readonly List<double> _visits = [];
    private int _depth;
    private double _leafDepths;

    /// <summary>Whether trees have vectors in their leaves.</summary>
    public bool HasLeafVectors => _leafVectors.Count > 0;

    public int TreeCount => _roots.Count;

    /// <summary>Adds a set of categories and returns its number.</summary>
    public int AddCategorySet(ReadOnlySpan<uint> words)
    {
        foreach (uint word in words)
        {
            _setWords.Add(word);
        }

        _setEnds.Add(_setWords.Count);
        return _setEnds.Count - 1;
    }

    /// <summary>Adds a leaf's vector [outputs] and returns its row.</summary>
    public int AddLeafVector(ReadOnlySpan<float> values)
    {
        int row = _leafVectors.Count / outputCount;
        foreach (float value in values)
        {
            _leafVectors.Add(value);
        }

        return row;
    }

    /// <summary>Adds a leaf's linear model and returns its row.</summary>
    public int AddLinearLeaf(double constant, ReadOnlySpan<int> features, ReadOnlySpan<double> coefficients)
    {
        _constants.Add(constant);
        for (int i = 0; i < features.Length; i++)
        {
            _termFeatures.Add(features[i]);
            _coefficients.Add(coefficients[i]);
        }

        _termEnds.Add(_termFeatures.Count);
        return _constants.Count - 1;
    }

    /// <summary>Adds a tree, after checking that it is one.</summary>
    /// <param name="place">Name of the tree in messages.</param>
    /// <param name="output">Output that it adds to.</param>
    /// <param name="nodes">Its nodes; children are places in this span, the root is the first.</param>
    /// <param name="unreachable">Nodes that no path reaches (XGBoost's deleted ones).</param>
    /// <param name="leafCounts">Training rows of the leaves by the tool's numbers, which tell how long walks are;
    /// empty where they are not known: then all leaves are taken as equally likely.</param>
    public void AddTree(
        string place,
        int output,
        ReadOnlySpan<TreeNode> nodes,
        int unreachable = 0,
        ReadOnlySpan<double> leafCounts = default)
    {
        if (output < 0 || output >= outputCount)
        {
            throw ImportProblem.Range($"{place}, output", output, 0, outputCount - 1);
        }

        if ((long)_nodes.Count + nodes.Length > NodesMax)
        {
            throw ImportProblem.Of(place, $"more than {NodesMax} nodes", "a model of a size that can be served");
        }

        bool[] seen = new bool[nodes.Length];
        _leafDepths = 0;
        int visited = Walk(place, nodes, seen, leafCounts);
        if (visited + unreachable != nodes.Length)
        {
            throw ImportProblem.Of(
                place, $"{nodes.Length - visited} nodes that no path reaches", $"{unreachable} such nodes");
        }

        int offset = _nodes.Count;
        for (int i = 0; i < nodes.Length; i++)
        {
            _nodes.Add(seen[i] ? nodes[i].Moved(offset) : TreeNode.Leaf(0, 0));
        }

        _roots.Add(offset);
        _outputs.Add(output);
        double leaves = 0;
        foreach (double count in leafCounts)
        {
            leaves += count;
        }

        double shares = leafCounts.IsEmpty ? (nodes.Length - unreachable + 1) / 2 : Math.Max(leaves, 1);
        _visits.Add(1 + (_leafDepths / shares));
    }

    /// <summary>Makes the forest.</summary>
    /// <param name="baseScores">What sums start from [outputs].</param>
    public ForestParts Build(ImmutableArray<double> baseScores) => new()
    {
        Nodes = [.. _nodes],
        Roots = [.. _roots],
        TreeOutputs = [.. _outputs],
        ExpectedVisits = [.. _visits],
        Depth = _depth,
        Categories = new CategorySets([.. _setWords], [.. _setEnds]),
        LeafVectors = HasLeafVectors ? [.. _leafVectors] : null,
        LinearLeaves = _constants.Count > 0
            ? new LinearLeaves([.. _constants], [.. _termEnds], [.. _termFeatures], [.. _coefficients])
            : null,
        BaseScores = ImmutableCollectionsMarshal.AsArray(baseScores)!,
        Rules = rules,
        FeatureCount = featureCount,
    };

    /// <summary>Visits every node once from the root, without recursion, and returns how many there are.</summary>
    private int Walk(string place, ReadOnlySpan<TreeNode> nodes, bool[] seen, ReadOnlySpan<double> leafCounts)
    {
        Stack<(int Node, int Depth)> open = new();
        open.Push((0, 0));
        int visited = 0;
        while (open.TryPop(out (int Node, int Depth) at))
        {
            if (seen[at.Node])
            {
                throw ImportProblem.Of(
                    $"{place}, node {at.Node}", "a second path to the node", "a tree: no cycles, one parent each");
            }

            seen[at.Node] = true;
            visited++;
            TreeNode node = nodes[at.Node];
            if (node.IsLeaf)
            {
                _leafDepths += at.Depth * (leafCounts.IsEmpty ? 1 : leafCounts[node.Left]);
                continue;
            }

            CheckSplit(place, at.Node, nodes);
            int depth = at.Depth + 1;
            if (depth > DepthMax)
            {
                throw ImportProblem.Of(place, $"a path of more than {DepthMax} splits", "a shallower tree");
            }

            _depth = Math.Max(_depth, depth);
            open.Push((node.Right, depth));
            open.Push((node.Left, depth));
        }

        return visited;
    }

    private void CheckSplit(string place, int index, ReadOnlySpan<TreeNode> nodes)
    {
        TreeNode node = nodes[index];
        Check(place, index, "feature", node.Feature, featureCount);
        Check(place, index, "left child", node.Left, nodes.Length);
        Check(place, index, "right child", node.Right, nodes.Length);
        if (node.CategorySet >= 0)
        {
            Check(place, index, "category set", node.CategorySet, _setEnds.Count);
        }
    }

    private static void Check(string place, int node, string what, int found, int count)
    {
        if ((uint)found >= (uint)count)
        {
            throw ImportProblem.Range($"{place}, node {node}, {what}", found, 0, count - 1L);
        }
    }
}
