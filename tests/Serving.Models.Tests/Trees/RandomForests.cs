using System.Text;

namespace Serving.Models.Tests.Trees;

/// <summary>
/// Writes random models in the tools' formats, with every kind of split, and rows that sit on their edges.
/// </summary>
internal sealed class RandomForests(int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<double> _thresholds = [0, 1.0000000180025095e-35, -1.0000000180025095e-35, double.Epsilon];

    /// <summary>A LightGBM model of trees with up to <paramref name="leavesMax"/> leaves.</summary>
    public string LightGbm(int features, int trees, int leavesMax, int classes)
    {
        StringBuilder text = new();
        text.Append($"tree\nversion=v4\nnum_class={classes}\nnum_tree_per_iteration={classes}\nlabel_index=0\n");
        text.Append($"max_feature_idx={features - 1}\n");
        text.Append(classes == 1 ? "objective=binary sigmoid:1\n" : $"objective=multiclass num_class:{classes}\n");
        text.Append($"feature_names={string.Join(' ', Enumerable.Range(0, features).Select(i => $"Column_{i}"))}\n\n");
        for (int tree = 0; tree < trees * classes; tree++)
        {
            AppendLightGbmTree(text, tree, features, _random.Next(1, leavesMax + 1));
        }

        return text.Append("end of trees\n").ToString();
    }

    /// <summary>An XGBoost model of trees with up to <paramref name="depthMax"/> levels of splits.</summary>
    public string XGBoost(int features, int trees, int depthMax)
    {
        string all = string.Join(',', Enumerable.Range(0, trees).Select(_ => XGBoostTree(features, depthMax)));
        return $$"""
            {"learner":{"learner_model_param":{"base_score":"2.5E-1","num_class":"0","num_feature":"{{features}}"},
            "objective":{"name":"binary:logistic"},"gradient_booster":{"name":"gbtree","model":{
            "gbtree_model_param":{"num_trees":"{{trees}}"},
            "tree_info":[{{string.Join(',', Enumerable.Repeat(0, trees))}}],"trees":[{{all}}]} } },"version":[1,7,4]}
            """;
    }

    /// <summary>Rows of values at, just below and just above thresholds, and of values that no one expects.</summary>
    public double[][] EdgeRows(int count, int features) =>
        [.. Enumerable.Range(0, count).Select(_ =>
            Enumerable.Range(0, features).Select(_ => EdgeValue()).ToArray())];

    private double EdgeValue()
    {
        double[] odd =
        [
            double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0, 1e-35, -1e-35, 5e-324, -5e-324,
            -0.5, -1, -1e300, 1e300, 2147483647, 2147483648, -2147483649.0, 31.9, 32, 16777216, 3e38, 4e38, 1e-45,
            1e-40,
        ];
        double threshold = _thresholds[_random.Next(_thresholds.Count)];
        return _random.Next(8) switch
        {
            0 => odd[_random.Next(odd.Length)],
            1 => threshold,
            2 => Math.BitIncrement(threshold),
            3 => Math.BitDecrement(threshold),
            4 => MathF.BitIncrement((float)threshold),
            5 => MathF.BitDecrement((float)threshold),
            6 => _random.Next(-2, 80),
            _ => (_random.NextDouble() * 4) - 2,
        };
    }

    private double Threshold(bool asSingle)
    {
        double value = _random.Next(10) switch
        {
            0 => 0,
            1 => asSingle ? 1e-45f : double.PositiveInfinity,
            2 => asSingle ? -1e-45f : 1.0000000180025095e-35,
            3 => -1.0000000180025095e-35,
            4 => asSingle ? -0.0 : 5e-324,
            _ => (_random.NextDouble() * 4) - 2,
        };
        value = asSingle ? (float)value : value;
        _thresholds.Add(value);
        return value;
    }

    private void AppendLightGbmTree(StringBuilder text, int tree, int features, int leaves)
    {
        int splits = leaves - 1;
        int[] left = new int[splits];
        int[] right = new int[splits];
        GrowLightGbm(left, right);
        List<uint> words = [];
        List<int> bounds = [0];
        List<string> thresholds = [];
        List<int> decisions = [];
        for (int i = 0; i < splits; i++)
        {
            bool isCategorical = _random.Next(4) == 0;
            decisions.Add(isCategorical ? 1 + (2 * _random.Next(2)) : (4 * _random.Next(3)) + (2 * _random.Next(2)));
            thresholds.Add(isCategorical ? $"{bounds.Count - 1}" : Word(Threshold(asSingle: false)));
            if (isCategorical)
            {
                words.AddRange(Enumerable.Range(0, _random.Next(1, 4)).Select(_ => (uint)_random.NextInt64(1L << 32)));
                bounds.Add(words.Count);
            }
        }

        text.Append($"Tree={tree}\nnum_leaves={leaves}\nnum_cat={bounds.Count - 1}\n");
        text.Append($"split_feature={Join(Enumerable.Range(0, splits).Select(_ => _random.Next(features)))}\n");
        text.Append($"threshold={string.Join(' ', thresholds)}\ndecision_type={Join(decisions)}\n");
        text.Append($"left_child={Join(left)}\nright_child={Join(right)}\n");
        IEnumerable<double> values = Enumerable.Range(0, leaves).Select(_ => _random.NextDouble() - 0.5);
        text.Append($"leaf_value={string.Join(' ', values)}\n");
        if (words.Count > 0)
        {
            text.Append($"cat_boundaries={Join(bounds)}\ncat_threshold={string.Join(' ', words)}\n");
        }

        text.Append("is_linear=0\nshrinkage=0.1\n\n\n");
    }

    /// <summary>
    /// Splits one leaf after the other, as LightGBM numbers them: leaf l becomes split s and leaves l, s + 1.
    /// </summary>
    private void GrowLightGbm(int[] left, int[] right)
    {
        for (int split = 0; split < left.Length; split++)
        {
            int leaf = _random.Next(split + 1);
            for (int before = 0; before < split; before++)
            {
                left[before] = left[before] == ~leaf ? split : left[before];
                right[before] = right[before] == ~leaf ? split : right[before];
            }

            left[split] = ~leaf;
            right[split] = ~(split + 1);
        }
    }

    private string XGBoostTree(int features, int depthMax)
    {
        List<int> left = [-1];
        List<int> right = [-1];
        Queue<(int Node, int Depth)> open = new([(0, 0)]);
        while (open.TryDequeue(out (int Node, int Depth) at))
        {
            if (at.Depth < depthMax && _random.Next(5) > 0)
            {
                (left[at.Node], right[at.Node]) = (left.Count, left.Count + 1);
                left.AddRange([-1, -1]);
                right.AddRange([-1, -1]);
                open.Enqueue((left.Count - 2, at.Depth + 1));
                open.Enqueue((left.Count - 1, at.Depth + 1));
            }
        }

        int count = left.Count;
        int[] types = [.. left.Select(child => child >= 0 && _random.Next(4) == 0 ? 1 : 0)];
        int[] nodes = [.. Enumerable.Range(0, count).Where(node => types[node] == 1)];
        int[][] sets = [.. nodes.Select(_ => Enumerable.Range(0, 70).Where(_ => _random.Next(3) == 0).ToArray())];
        int[] starts = [.. sets.Select((_, i) => sets.Take(i).Sum(set => set.Length))];
        string conditions = string.Join(',', left.Select((child, node) =>
            types[node] == 1 ? "NaN" : child >= 0 ? $"{(float)Threshold(true)}" : $"{_random.NextSingle() - 0.5f}"));
        return $$"""
            {"tree_param":{"num_nodes":"{{count}}","num_deleted":"0","size_leaf_vector":"0"},
            "left_children":[{{Commas(left)}}],"right_children":[{{Commas(right)}}],
            "split_indices":[{{Commas(left.Select(_ => _random.Next(features)))}}],"split_conditions":[{{conditions}}],
            "default_left":[{{Commas(left.Select(_ => _random.Next(2)))}}],"split_type":[{{Commas(types)}}],
            "categories_nodes":[{{Commas(nodes)}}],"categories_segments":[{{Commas(starts)}}],
            "categories_sizes":[{{Commas(sets.Select(set => set.Length))}}],
            "categories":[{{Commas(sets.SelectMany(set => set))}}]}
            """;
    }

    private static string Word(double value) => double.IsInfinity(value) ? "inf" : value.ToString("R");

    private static string Join(IEnumerable<int> numbers) => string.Join(' ', numbers);

    private static string Commas(IEnumerable<int> numbers) => string.Join(',', numbers);
}
