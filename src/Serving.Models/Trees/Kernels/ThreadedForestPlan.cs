namespace Serving.Models.Trees.Kernels;

/// <summary>Decides whether a forest can be threaded.</summary>
internal static class ThreadedForestPlan
{
    /// <summary>Trees at most: nodes hold tree numbers in 16 bits, and one number stands for "no tree".</summary>
    public const int TreesMax = 65_535;

    /// <summary>Nodes at most: distances are 32-bit, in bytes.</summary>
    private const int NodesMax = 40_000_000;

    /// <summary>Why a forest cannot be threaded; empty where it can.</summary>
    public static string WhyNot(ForestParts parts)
    {
        if (parts.LeafVectors is not null)
        {
            return "its leaves hold vectors";
        }

        if (parts.LinearLeaves is not null)
        {
            return "its leaves hold linear models";
        }

        if (parts.TreeCount > TreesMax)
        {
            return $"{parts.TreeCount} trees, more than {TreesMax}";
        }

        return parts.Nodes.Length > NodesMax
            ? $"{parts.Nodes.Length} nodes, more than {NodesMax}"
            : ForestSlots.Assign(parts).WhyNot;
    }
}
