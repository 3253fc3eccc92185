using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Models.Trees;

/// <summary>
/// The plain walk, tree by tree, row by row: the definition of a forest's scores. Every other engine must give the same
/// bits. Immutable, safe for use by several threads.
/// </summary>
internal sealed class ReferenceForestScorer(ForestParts parts, ImmutableArray<ModelInput> inputs, ScoreLink link)
    : IScorer
{
    /// <summary>Prepared inputs of one row, one array per thread, grown and kept.</summary>
    [ThreadStatic]
    private static double[]? _row;

    public ImmutableArray<ModelInput> Inputs => inputs;

    public int OutputCount => parts.OutputCount;

    public ScoreLink Link => link;

    public long MemoryBytes => parts.MemoryBytes;

    public void Score(FeatureBatch batch, Span<double> rawScores)
    {
        int outputs = parts.OutputCount;
        for (int row = 0; row < batch.RowCount; row++)
        {
            Span<double> sums = rawScores.Slice(row * outputs, outputs);
            parts.BaseScores.CopyTo(sums);
            AddTrees(Prepare(batch.DenseRow(row)), sums);
        }
    }

    /// <summary>The leaf of each tree in the tool's numbering, [rows, trees], row-major.</summary>
    public void PredictLeaves(FeatureBatch batch, Span<int> leaves)
    {
        int trees = parts.TreeCount;
        for (int row = 0; row < batch.RowCount; row++)
        {
            ReadOnlySpan<double> inputsOfRow = Prepare(batch.DenseRow(row));
            for (int tree = 0; tree < trees; tree++)
            {
                leaves[(row * trees) + tree] = LeafOf(tree, inputsOfRow).Left;
            }
        }
    }

    private Span<double> Prepare(ReadOnlySpan<double> row)
    {
        if (_row is null || _row.Length < parts.FeatureCount)
        {
            _row = new double[parts.FeatureCount];
        }

        Span<double> prepared = _row.AsSpan(0, parts.FeatureCount);
        for (int i = 0; i < prepared.Length; i++)
        {
            prepared[i] = parts.Rules.Prepare(row[i]);
        }

        return prepared;
    }

    private void AddTrees(ReadOnlySpan<double> row, Span<double> sums)
    {
        for (int tree = 0; tree < parts.Roots.Length; tree++)
        {
            TreeNode leaf = LeafOf(tree, row);
            if (parts.LeafVectors is { } vectors)
            {
                for (int k = 0; k < sums.Length; k++)
                {
                    sums[k] = (float)sums[k] + vectors[(leaf.Right * sums.Length) + k];
                }

                continue;
            }

            ref double sum = ref sums[parts.TreeOutputs[tree]];
            double value = parts.LinearLeaves is { } linear ? linear.ValueOf(leaf.Right, row, leaf.Value) : leaf.Value;
            sum = parts.Rules.SumsAreSingle ? (float)sum + (float)value : sum + value;
        }
    }

    private TreeNode LeafOf(int tree, ReadOnlySpan<double> row)
    {
        TreeNode[] nodes = parts.Nodes;
        TreeNode node = nodes[parts.Roots[tree]];
        while (!node.IsLeaf)
        {
            node = nodes[GoesLeft(node, row[node.Feature]) ? node.Left : node.Right];
        }

        return node;
    }

    private bool GoesLeft(in TreeNode node, double value)
    {
        if (node.CategorySet >= 0)
        {
            return double.IsNaN(value)
                ? node.DefaultLeft
                : parts.Categories.Contains(node.CategorySet, parts.Rules.CategoryOf(value));
        }

        if (double.IsNaN(value) && node.Missing == MissingRule.NaNIsZero)
        {
            value = 0;
        }

        bool missing = double.IsNaN(value)
            || (node.Missing == MissingRule.ZeroIsMissing && Math.Abs(value) <= ForestRules.TinyMax);
        return missing ? node.DefaultLeft : value <= node.Value;
    }
}
