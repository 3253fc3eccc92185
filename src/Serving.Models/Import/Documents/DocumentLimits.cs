namespace Serving.Models.Import.Documents;

/// <summary>Bounds of a document, the same for both readers.</summary>
internal static class DocumentLimits
{
    /// <summary>Nesting at most; models of the tools nest 9 deep.</summary>
    public const int DepthMax = 64;

    /// <summary>Values other than numbers in arrays, at most: 100,000 trees of 40 members each.</summary>
    public const int NodesMax = 4_000_000;

    /// <summary>
    /// Members whose values are checked for syntax and dropped: statistics of training that take half of a file.
    /// </summary>
    public static bool IsDropped(string name) => name is "loss_changes" or "sum_hessian" or "sorted_idx";
}
