namespace Serving.Features.Fitting;

/// <summary>A leaf of the tree being grown: a run of distinct values, between its neighbours.</summary>
internal sealed class TreeLeaf(int start, int end)
{
    /// <summary>First distinct value inside.</summary>
    public int Start { get; } = start;

    /// <summary>First distinct value behind.</summary>
    public int End { get; set; } = end;

    public TreeLeaf? Previous { get; set; }

    public TreeLeaf? Next { get; set; }

    /// <summary>First value of the right side of its best admissible split; -1 without any.</summary>
    public int Split { get; set; } = -1;

    public SplitGain Gain { get; set; }

    /// <summary>Raised whenever the split is sought anew: older entries of the queue are stale.</summary>
    public int Version { get; set; }
}
