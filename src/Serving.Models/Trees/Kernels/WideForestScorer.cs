using System.Collections.Immutable;

namespace Serving.Models.Trees.Kernels;

/// <summary>The threaded forest in binary64 (LightGBM).</summary>
internal sealed unsafe class WideForestScorer(
    ForestParts parts, ForestSlots slots, ImmutableArray<ModelInput> inputs, ScoreLink link, SumMode sumMode)
    : ThreadedForestScorer(parts, slots, inputs, link)
{
    [ThreadStatic]
    private static long[]? _keys;

    [ThreadStatic]
    private static double[]? _values;

    private readonly ThreadedImage<WideNode> _image = new(parts, slots);

    public override long MemoryBytes => Parts.MemoryBytes + Slots.MemoryBytes + _image.Memory.Bytes;

    private protected override void ScoreRow(ReadOnlySpan<double> row, Span<double> sums)
    {
        int trees = Parts.TreeCount;
        long[] keys = _keys is { } kept && kept.Length >= Slots.SlotCount ? kept : _keys = new long[Slots.SlotCount];
        double[] values = _values is { } old && old.Length > trees ? old : _values = new double[trees + 1];
        KeyRows.FillWide(Slots, Parts.Rules, row, keys);
        fixed (long* keysStart = keys)
        {
            fixed (double* valuesStart = values)
            {
                WideWalk.Run(_image.Memory.Start, keysStart, valuesStart);
            }
        }

        GC.KeepAlive(_image);
        if (sumMode == SumMode.Fast && sums.Length == 1)
        {
            sums[0] = TreeSums.Fast(values.AsSpan(0, trees), Parts.BaseScores[0]);
            return;
        }

        TreeSums.Exact(values.AsSpan(0, trees), Parts, sums);
    }
}
