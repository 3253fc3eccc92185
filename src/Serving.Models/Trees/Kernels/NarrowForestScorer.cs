using System.Collections.Immutable;

namespace Serving.Models.Trees.Kernels;

/// <summary>The threaded forest in binary32 (XGBoost); its sums are always in tree order.</summary>
internal sealed unsafe class NarrowForestScorer(
    ForestParts parts, ForestSlots slots, ImmutableArray<ModelInput> inputs, ScoreLink link)
    : ThreadedForestScorer(parts, slots, inputs, link)
{
    [ThreadStatic]
    private static int[]? _keys;

    [ThreadStatic]
    private static float[]? _values;

    private readonly ThreadedImage<NarrowNode> _image = new(parts, slots);

    public override long MemoryBytes => Parts.MemoryBytes + Slots.MemoryBytes + _image.Memory.Bytes;

    private protected override void ScoreRow(ReadOnlySpan<double> row, Span<double> sums)
    {
        int trees = Parts.TreeCount;
        int[] keys = _keys is { } kept && kept.Length >= Slots.SlotCount ? kept : _keys = new int[Slots.SlotCount];
        float[] values = _values is { } old && old.Length > trees ? old : _values = new float[trees + 1];
        KeyRows.FillNarrow(Slots, Parts.Rules, row, keys);
        fixed (int* keysStart = keys)
        {
            fixed (float* valuesStart = values)
            {
                NarrowWalk.Run(_image.Memory.Start, keysStart, valuesStart);
            }
        }

        GC.KeepAlive(_image);
        TreeSums.Exact(values.AsSpan(0, trees), Parts, sums);
    }
}
