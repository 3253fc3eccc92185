using System.Runtime.InteropServices;

namespace Serving.Features.Fitting;

/// <summary>Rows of one value: all of them, those whose label is known, and those whose label is true.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LabelCounts(long Rows, long Labelled, long Positives)
{
    public static LabelCounts operator +(LabelCounts left, LabelCounts right) => new(
        left.Rows + right.Rows, left.Labelled + right.Labelled, left.Positives + right.Positives);

    /// <summary>One row more, with label 1, 0, or -1 for none.</summary>
    public LabelCounts With(int label) =>
        label < 0 ? this with { Rows = Rows + 1 } : new(Rows + 1, Labelled + 1, Positives + label);
}
