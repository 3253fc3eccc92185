using System.Runtime.InteropServices;

namespace Serving.Models.Trees.Kernels;

/// <summary>16 bytes for inputs and sums in binary32 (XGBoost); a pair of siblings lies in one cache line.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NarrowNode(int key, float value, ushort slot, ushort tree, int delta)
    : IThreadedNode<NarrowNode>
{
    public readonly int Key = key;
    public readonly float Value = value;
    public readonly ushort Slot = slot;
    public readonly ushort Tree = tree;
    public readonly int Delta = delta;

    public static NarrowNode Make(double? threshold, double value, int slot, int tree, int delta) =>
        new(
            threshold is { } t ? OrderedKeys.Of((float)t) : int.MaxValue,
            (float)value,
            (ushort)slot,
            (ushort)tree,
            delta);
}
