using Serving.Data;

namespace Serving.Engine.Decisions;

/// <summary>How much of what a model asks for is missing.</summary>
internal static class MissingFeatures
{
    /// <summary>The share of a row's features before encoders that are missing; 0 of none.</summary>
    /// <param name="raw">Features before encoders.</param>
    /// <param name="row">The row.</param>
    /// <param name="used">Places of those that the model reads.</param>
    [HotPath]
    public static double ShareOf(RowBatch raw, int row, ReadOnlySpan<int> used)
    {
        int missing = 0;
        foreach (int field in used)
        {
            missing += raw.IsPresent(row, field) ? 0 : 1;
        }

        return used.IsEmpty ? 0 : (double)missing / used.Length;
    }
}
