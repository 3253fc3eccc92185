using System.Text;

namespace Serving.Benchmarks.Models;

/// <summary>Random forests in the tools' formats: shapes of real ones, scores without meaning.</summary>
internal sealed class SyntheticForest(int seed, int features)
{
    private readonly Random _random = new(seed);

    /// <summary>A LightGBM model, leaf-wise: each split takes a random leaf.</summary>
    public byte[] LightGbm(int trees, int leaves)
    {
        StringBuilder text = new();
        text.Append("tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\n");
        text.Append($"max_feature_idx={features - 1}\nobjective=binary sigmoid:1\n");
        text.Append($"feature_names={Join(features, i => $"Column_{i}")}\n\n");
        for (int tree = 0; tree < trees; tree++)
        {
            int[] left = new int[leaves - 1];
            int[] right = new int[leaves - 1];
            Grow(left, right);
            text.Append($"Tree={tree}\nnum_leaves={leaves}\nnum_cat=0\n");
            text.Append($"split_feature={Join(leaves - 1, _ => $"{_random.Next(features)}")}\n");
            text.Append($"threshold={Join(leaves - 1, _ => $"{_random.NextDouble()}")}\n");
            text.Append($"decision_type={Join(leaves - 1, _ => $"{8 + (2 * _random.Next(2))}")}\n");
            text.Append($"left_child={string.Join(' ', left)}\nright_child={string.Join(' ', right)}\n");
            text.Append($"leaf_value={Join(leaves, _ => $"{_random.NextDouble() - 0.5}")}\nshrinkage=1\n\n\n");
        }

        return Encoding.UTF8.GetBytes(text.Append("end of trees\n").ToString());
    }

    /// <summary>An XGBoost model of complete trees.</summary>
    public byte[] XGBoost(int trees, int depth)
    {
        int splits = (1 << depth) - 1;
        int nodes = (2 * splits) + 1;
        string TreeText() => $$"""
            {"tree_param":{"num_nodes":"{{nodes}}"},
            "left_children":[{{Commas(nodes, i => i < splits ? $"{(2 * i) + 1}" : "-1")}}],
            "right_children":[{{Commas(nodes, i => i < splits ? $"{(2 * i) + 2}" : "-1")}}],
            "split_indices":[{{Commas(nodes, _ => $"{_random.Next(features)}")}}],
            "split_conditions":[{{Commas(nodes, _ => $"{_random.NextSingle()}")}}],
            "default_left":[{{Commas(nodes, _ => $"{_random.Next(2)}")}}]}
            """;
        return Encoding.UTF8.GetBytes($$"""
            {"learner":{"learner_model_param":{"base_score":"5E-1","num_class":"0","num_feature":"{{features}}"},
            "objective":{"name":"binary:logistic"},"gradient_booster":{"name":"gbtree","model":{
            "gbtree_model_param":{"num_trees":"{{trees}}"},"tree_info":[{{Commas(trees, _ => "0")}}],
            "trees":[{{Commas(trees, _ => TreeText())}}]} } },"version":[2,1,4]}
            """);
    }

    /// <summary>Rows [rows, features], row-major; one value in twenty is missing.</summary>
    public double[] Rows(int rows) =>
        [.. Enumerable.Range(0, rows * features).Select(_ =>
            _random.Next(20) == 0 ? double.NaN : _random.NextDouble())];

    private void Grow(int[] left, int[] right)
    {
        for (int split = 0; split < left.Length; split++)
        {
            int leaf = ~_random.Next(split + 1);
            for (int before = 0; before < split; before++)
            {
                left[before] = left[before] == leaf ? split : left[before];
                right[before] = right[before] == leaf ? split : right[before];
            }

            left[split] = leaf;
            right[split] = ~(split + 1);
        }
    }

    private static string Join(int count, Func<int, string> item) =>
        string.Join(' ', Enumerable.Range(0, count).Select(item));

    private static string Commas(int count, Func<int, string> item) =>
        string.Join(',', Enumerable.Range(0, count).Select(item));
}
