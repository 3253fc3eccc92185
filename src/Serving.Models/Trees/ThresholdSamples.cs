using System.Collections.Immutable;

namespace Serving.Models.Trees;

/// <summary>Numbers around which sample rows of a forest are made. Safe for use by several threads.</summary>
public static class ThresholdSamples
{
    /// <summary>
    /// For each input some of its thresholds in the order of the trees, spread over the forest; none for an input
    /// that no
    /// numeric split reads.
    /// </summary>
    /// <param name="ensemble">The forest.</param>
    /// <param name="countMax">Thresholds of one input at most.</param>
    public static ImmutableArray<ImmutableArray<double>> Of(TreeEnsemble ensemble, int countMax)
    {
        TreeNode[] nodes = ensemble.Parts.Nodes;
        var samples = new List<double>[ensemble.Parts.FeatureCount];
        for (int feature = 0; feature < samples.Length; feature++)
        {
            samples[feature] = [];
        }

        // A stride that shares no factor with a power of two, so that early, middle and late trees all take part.
        const int stride = 7919;
        for (int step = 0, place = 0; step < nodes.Length; step++)
        {
            TreeNode node = nodes[place];
            if (!node.IsLeaf && node.CategorySet < 0 && double.IsFinite(node.Value)
                && samples[node.Feature].Count < countMax && !samples[node.Feature].Contains(node.Value))
            {
                samples[node.Feature].Add(node.Value);
            }

            place = (int)(((long)place + stride) % nodes.Length);
        }

        return [.. samples.Select(values => values.ToImmutableArray())];
    }
}
