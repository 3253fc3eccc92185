using Serving.Models.Trees;

namespace Serving.Models.Import.LightGbm;

/// <summary>Hands one tree of a model to the builder. Leaf l of the file is node <c>splits + l</c>.</summary>
internal readonly ref struct LightGbmTreeReader
{
    private const int IsCategorical = 1;
    private const int IsDefaultLeft = 2;
    private const int DecisionMax = 11;

    private readonly TreeEnsembleBuilder _builder;
    private readonly LightGbmSection _section;
    private readonly bool _anyLinear;

    private LightGbmTreeReader(TreeEnsembleBuilder builder, LightGbmSection section, bool anyLinear)
    {
        _builder = builder;
        _section = section;
        _anyLinear = anyLinear;
    }

    /// <summary>Reads a tree into the builder.</summary>
    /// <param name="builder">Takes the tree.</param>
    /// <param name="section">The tree's lines.</param>
    /// <param name="output">Output that it adds to.</param>
    /// <param name="anyLinear">Whether any tree of the model has linear leaves: then all get some.</param>
    /// <param name="isCategory">Set for features of categorical splits.</param>
    public static void Read(
        TreeEnsembleBuilder builder, LightGbmSection section, int output, bool anyLinear, Span<bool> isCategory)
    {
        LightGbmTreeReader reader = new(builder, section, anyLinear);
        int leaves = section.Integer("num_leaves", 1, int.MaxValue);
        double[] leafValues = section.FiniteDoubles("leaf_value", leaves);
        TreeNode[] nodes = new TreeNode[(2 * leaves) - 1];
        reader.ReadSplits(nodes, leaves - 1, isCategory);
        reader.ReadLeaves(nodes, leaves - 1, leafValues, isCategory.Length);
        builder.AddTree(section.Place, output, nodes, leafCounts: reader.ReadLeafCounts(leaves));
    }

    /// <summary>Training rows of leaves: they only balance the kernel's chains, so odd ones are passed over.</summary>
    private double[] ReadLeafCounts(int leaves)
    {
        double[] counts = LightGbmNumbers.Doubles(_section.Find("leaf_count"), $"{_section.Place}, leaf_count");
        return counts.Length == leaves && Array.TrueForAll(counts, count => count is >= 0 and <= long.MaxValue)
            ? counts
            : [];
    }

    private void ReadSplits(TreeNode[] nodes, int splits, Span<bool> isCategory)
    {
        if (splits == 0)
        {
            return;
        }

        int features = isCategory.Length;
        int[] feature = _section.Integers("split_feature", splits, 0, features - 1);
        double[] threshold = _section.Doubles("threshold", splits);
        int[] left = _section.Integers("left_child", splits, -(splits + 1), splits - 1);
        int[] right = _section.Integers("right_child", splits, -(splits + 1), splits - 1);
        int[] decision = _section.Has("decision_type")
            ? _section.Integers("decision_type", splits, 0, DecisionMax)
            : new int[splits];
        int firstSet = ReadCategorySets(out int sets);
        for (int node = 0; node < splits; node++)
        {
            bool isCategorical = (decision[node] & IsCategorical) != 0;
            isCategory[feature[node]] |= isCategorical;
            nodes[node] = new TreeNode
            {
                Value = isCategorical ? 0 : Threshold(threshold[node], node),
                Feature = feature[node],
                Left = NodeOf(left[node], splits),
                Right = NodeOf(right[node], splits),
                CategorySet = isCategorical ? firstSet + SetOf(threshold[node], node, sets) : -1,

                // Categories that are missing always go right in LightGBM, whatever the default side says.
                Missing = isCategorical ? MissingRule.NaNIsMissing : (MissingRule)(decision[node] >> 2),
                DefaultLeft = !isCategorical && (decision[node] & IsDefaultLeft) != 0,
            };
        }
    }

    private static int NodeOf(int child, int splits) => child >= 0 ? child : splits + ~child;

    private double Threshold(double value, int node) => double.IsNaN(value)
        ? throw ImportProblem.Of($"{_section.Place}, threshold of split {node}", "nan", "a number")
        : value;

    private int SetOf(double threshold, int node, int sets) =>
        threshold == Math.Floor(threshold) && threshold >= 0 && threshold < sets
            ? (int)threshold
            : throw ImportProblem.Of(
                $"{_section.Place}, threshold of split {node}", $"{threshold}", $"a set of categories below {sets}");

    /// <summary>Adds the tree's sets of categories and returns the number of the first.</summary>
    private int ReadCategorySets(out int sets)
    {
        sets = _section.Has("num_cat") ? _section.Integer("num_cat", 0, int.MaxValue) : 0;
        if (sets == 0)
        {
            return 0;
        }

        uint[] words = LightGbmNumbers.Words(_section.Get("cat_threshold"), $"{_section.Place}, cat_threshold");
        int[] bounds = _section.Integers("cat_boundaries", sets + 1L, 0, words.Length);
        int first = -1;
        for (int set = 0; set < sets; set++)
        {
            if (bounds[set + 1] < bounds[set] || (set == 0 && bounds[0] != 0))
            {
                throw ImportProblem.Of(
                    $"{_section.Place}, cat_boundaries", $"{bounds[set + 1]}", "rising bounds from 0");
            }

            int added = _builder.AddCategorySet(words.AsSpan(bounds[set]..bounds[set + 1]));
            first = first < 0 ? added : first;
        }

        return bounds[sets] == words.Length
            ? first
            : throw ImportProblem.Of(
                $"{_section.Place}, cat_boundaries", $"last bound {bounds[sets]}", $"{words.Length} words");
    }

    private void ReadLeaves(TreeNode[] nodes, int splits, double[] values, int features)
    {
        bool isLinear = _section.Has("is_linear") && _section.Integer("is_linear", 0, 1) == 1;
        int[] rows = new int[values.Length];
        if (isLinear)
        {
            ReadLinearLeaves(rows, features);
        }
        else if (_anyLinear)
        {
            for (int leaf = 0; leaf < rows.Length; leaf++)
            {
                rows[leaf] = _builder.AddLinearLeaf(values[leaf], [], []);
            }
        }

        for (int leaf = 0; leaf < values.Length; leaf++)
        {
            nodes[splits + leaf] = TreeNode.Leaf(values[leaf], leaf, rows[leaf]);
        }
    }

    private void ReadLinearLeaves(int[] rows, int features)
    {
        double[] constants = _section.FiniteDoubles("leaf_const", rows.Length);
        int[] counts = _section.Integers("num_features", rows.Length, 0, features);
        long terms = counts.Sum(count => (long)count);
        int[] termFeatures = _section.Integers("leaf_features", terms, 0, features - 1);
        double[] coefficients = _section.FiniteDoubles("leaf_coeff", terms);
        int at = 0;
        for (int leaf = 0; leaf < rows.Length; leaf++)
        {
            rows[leaf] = _builder.AddLinearLeaf(
                constants[leaf], termFeatures.AsSpan(at, counts[leaf]), coefficients.AsSpan(at, counts[leaf]));
            at += counts[leaf];
        }
    }
}
