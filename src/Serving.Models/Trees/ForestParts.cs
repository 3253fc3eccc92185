namespace Serving.Models.Trees;

/// <summary>The flat arrays of a forest. Immutable once built.</summary>
internal sealed class ForestParts
{
    /// <summary>All nodes, tree after tree; children are places in this array.</summary>
    public required TreeNode[] Nodes { get; init; }

    /// <summary>Place of each tree's root.</summary>
    public required int[] Roots { get; init; }

    /// <summary>Output that each tree adds to; with leaf vectors every tree adds to all.</summary>
    public required int[] TreeOutputs { get; init; }

    /// <summary>Nodes that a row is expected to visit in each tree, its leaf included.</summary>
    public required double[] ExpectedVisits { get; init; }

    /// <summary>Splits on the longest path.</summary>
    public required int Depth { get; init; }

    public required CategorySets Categories { get; init; }

    /// <summary>Values of vector leaves [leaf rows, outputs], row-major; null where leaves are numbers.</summary>
    public required float[]? LeafVectors { get; init; }

    /// <summary>Linear models of leaves; null where leaves are numbers.</summary>
    public required LinearLeaves? LinearLeaves { get; init; }

    /// <summary>What sums start from [outputs].</summary>
    public required double[] BaseScores { get; init; }

    public required ForestRules Rules { get; init; }

    public required int FeatureCount { get; init; }

    public int TreeCount => Roots.Length;

    public int OutputCount => BaseScores.Length;

    public long MemoryBytes => (Nodes.Length * 32L) + (Roots.Length * 8L) + Categories.MemoryBytes
        + ((LeafVectors?.Length ?? 0) * 4L) + (LinearLeaves?.MemoryBytes ?? 0);
}
