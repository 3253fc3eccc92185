namespace Serving.Models;

/// <summary>In which order a forest's leaves are added.</summary>
public enum SumMode
{
    /// <summary>The tool's own order and width: bit-equal to the tool, the same bits on every machine.</summary>
    Exact = 0,

    /// <summary>In lanes: within 2e-14 of exact on scores of size 5, and may differ between vector widths.</summary>
    Fast,
}
