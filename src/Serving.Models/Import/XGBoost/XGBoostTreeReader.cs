using Serving.Models.Import.Documents;
using Serving.Models.Trees;

namespace Serving.Models.Import.XGBoost;

/// <summary>Hands one tree of a model to the builder.</summary>
internal sealed class XGBoostTreeReader
{
    private const int SplitIndexMax = int.MaxValue;

    private readonly TreeEnsembleBuilder _builder;
    private readonly DocumentNode _tree;
    private readonly string _place;
    private readonly int _outputs;
    private readonly int _count;
    private readonly int _vectorSize;
    private readonly float _factor;
    private readonly double[] _left;
    private readonly double[] _right;
    private readonly double[] _features;
    private readonly double[] _conditions;
    private readonly double[] _defaults;
    private readonly double[] _types;
    private readonly int[] _setOfNode;

    private XGBoostTreeReader(TreeEnsembleBuilder builder, DocumentNode tree, string place, int outputs, float factor)
    {
        _builder = builder;
        _tree = tree;
        _place = place;
        _outputs = outputs;
        _factor = factor;
        DocumentNode parameters = tree.Get("tree_param", place);
        _left = tree.Get("left_children", place).AsNumbers($"{place}, left_children");
        _count = parameters.Get("num_nodes", place).AsInt($"{place}, num_nodes", 1, Math.Max(_left.Length, 1));
        _vectorSize = parameters.Find("size_leaf_vector", place)?.AsInt($"{place}, size_leaf_vector", 0, outputs) ?? 0;
        if (_left.Length != _count)
        {
            throw ImportProblem.Of($"{place}, left_children", $"{_left.Length} numbers", $"num_nodes, {_count}");
        }

        _right = Numbers("right_children");
        _features = Numbers("split_indices");
        _conditions = Numbers("split_conditions");
        _defaults = Numbers("default_left");
        _types = tree.Find("split_type", place) is null ? new double[_count] : Numbers("split_type");
        _setOfNode = new int[_count];
        Array.Fill(_setOfNode, -1);
    }

    /// <summary>Reads a tree into the builder.</summary>
    /// <param name="builder">Takes the tree.</param>
    /// <param name="tree">The tree's object.</param>
    /// <param name="index">Its number, for messages.</param>
    /// <param name="output">Output that it adds to.</param>
    /// <param name="outputs">Outputs of the model.</param>
    /// <param name="factor">Factor of its leaves (dart's weight_drop); the tool multiplies in binary32 before it adds.
    /// </param>
    public static void Read(
        TreeEnsembleBuilder builder, DocumentNode tree, int index, int output, int outputs, float factor)
    {
        string place = $"tree {index}";
        XGBoostTreeReader reader = new(builder, tree, place, outputs, factor);
        int deleted = tree.Get("tree_param", place).Find("num_deleted", place)
            ?.AsInt($"{place}, num_deleted", 0, reader._count) ?? 0;
        reader.ReadCategories();
        builder.AddTree(place, output, reader.ReadNodes(), deleted);
    }

    private double[] Numbers(string name, int perNode = 1)
    {
        double[] numbers = _tree.Get(name, _place).AsNumbers($"{_place}, {name}");
        return numbers.Length == (long)_count * perNode
            ? numbers
            : throw ImportProblem.Of($"{_place}, {name}", $"{numbers.Length} numbers", $"{(long)_count * perNode}");
    }

    private TreeNode[] ReadNodes()
    {
        // 1.x writes size_leaf_vector 0 or 1 for leaves that are numbers.
        bool hasVectors = _vectorSize > 1;
        if (hasVectors && _vectorSize != _outputs)
        {
            throw ImportProblem.Of($"{_place}, size_leaf_vector", $"{_vectorSize}", $"{_outputs}, as num_target says");
        }

        VectorLeaves? vectors = hasVectors ? VectorLeaves.Read(_tree, _place, _count, _vectorSize) : null;
        TreeNode[] nodes = new TreeNode[_count];
        for (int node = 0; node < nodes.Length; node++)
        {
            nodes[node] = _left[node] == -1 ? ReadLeaf(node, vectors) : ReadSplit(node);
        }

        CheckUnusedConditions();
        return nodes;
    }

    /// <summary>
    /// Categorical splits have no threshold: before 3.1 all of a tree hold NaN, later none does. A mixture was not
    /// written by the tool: a threshold has been lost.
    /// </summary>
    private void CheckUnusedConditions()
    {
        int unlikeFirst = -1;
        bool? firstIsNaN = null;
        for (int node = 0; node < _count; node++)
        {
            if (_types[node] == 1 && _left[node] != -1)
            {
                firstIsNaN ??= double.IsNaN(_conditions[node]);
                unlikeFirst = double.IsNaN(_conditions[node]) == firstIsNaN ? unlikeFirst : node;
            }
        }

        if (unlikeFirst >= 0)
        {
            throw ImportProblem.Of(
                $"{_place}, node {unlikeFirst}, split_conditions", "NaN in some categorical splits", "all or none");
        }
    }

    private TreeNode ReadLeaf(int node, VectorLeaves? vectors)
    {
        if (vectors is not null)
        {
            return TreeNode.Leaf(0, node, _builder.AddLeafVector(vectors.ValuesOf(node, _right[node])));
        }

        if (_right[node] != -1)
        {
            throw ImportProblem.Of($"{_place}, node {node}", "one child", "two children, or none");
        }

        float value = (float)_conditions[node] * _factor;
        return float.IsFinite(value)
            ? TreeNode.Leaf(value, node)
            : throw ImportProblem.Of($"{_place}, node {node}, split_conditions", value.ToString(), "a finite leaf");
    }

    private TreeNode ReadSplit(int node)
    {
        string place = $"{_place}, node {node}";
        int left = Whole(place, "left_children", _left[node], 0, _count - 1);
        int right = Whole(place, "right_children", _right[node], 0, _count - 1);
        int feature = Whole(place, "split_indices", _features[node], 0, SplitIndexMax);
        bool defaultLeft = Whole(place, "default_left", _defaults[node], 0, 1) == 1;
        if (Whole(place, "split_type", _types[node], 0, 1) == 1)
        {
            // The categories of the set go right; in canonical form they go left, so the sides change places.
            return new TreeNode
            {
                Feature = feature,
                Left = right,
                Right = left,
                CategorySet = _setOfNode[node] >= 0
                    ? _setOfNode[node]
                    : throw ImportProblem.Of(place, "no categories", "the node in categories_nodes"),
                Missing = MissingRule.NaNIsMissing,
                DefaultLeft = !defaultLeft,
            };
        }

        float condition = (float)_conditions[node];
        return new TreeNode
        {
            Value = float.IsFinite(condition)
                ? MathF.BitDecrement(condition)
                : throw ImportProblem.Of($"{place}, split_conditions", condition.ToString(), "a finite threshold"),
            Feature = feature,
            Left = left,
            Right = right,
            CategorySet = -1,
            Missing = MissingRule.NaNIsMissing,
            DefaultLeft = defaultLeft,
        };
    }

    private void ReadCategories()
    {
        double[] nodes = OptionalNumbers("categories_nodes");
        double[] starts = OptionalNumbers("categories_segments");
        double[] sizes = OptionalNumbers("categories_sizes");
        double[] categories = OptionalNumbers("categories");
        if (starts.Length != nodes.Length || sizes.Length != nodes.Length)
        {
            throw ImportProblem.Of(
                $"{_place}, categories", $"{starts.Length} starts, {sizes.Length} sizes", $"{nodes.Length} each");
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            string place = $"{_place}, categories of split {i}";
            int node = Whole(place, "categories_nodes", nodes[i], 0, _count - 1);
            int start = Whole(place, "categories_segments", starts[i], 0, categories.Length);
            int size = Whole(place, "categories_sizes", sizes[i], 0, categories.Length - start);
            if (_setOfNode[node] >= 0)
            {
                throw ImportProblem.Of(place, $"node {node} a second time", "each node once");
            }

            _setOfNode[node] = AddSet(place, categories.AsSpan(start, size));
        }
    }

    private int AddSet(string place, ReadOnlySpan<double> categories)
    {
        int greatest = -1;
        foreach (double category in categories)
        {
            greatest = Math.Max(greatest, Whole(place, "categories", category, 0, ForestRules.XGBoost.CategoryMax));
        }

        uint[] words = new uint[(greatest + 32) / 32];
        foreach (double category in categories)
        {
            words[(int)category >> 5] |= 1u << ((int)category & 31);
        }

        return _builder.AddCategorySet(words);
    }

    private double[] OptionalNumbers(string name) =>
        _tree.Find(name, _place)?.AsNumbers($"{_place}, {name}") ?? [];

    private static int Whole(string place, string what, double value, int least, int most) =>
        value == Math.Floor(value) && value >= least && value <= most
            ? (int)value
            : throw ImportProblem.Of($"{place}, {what}", value.ToString(), $"an integer from {least} to {most}");
}
