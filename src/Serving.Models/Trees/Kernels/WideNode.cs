using System.Runtime.InteropServices;

namespace Serving.Models.Trees.Kernels;

/// <summary>
/// 24 bytes for inputs and sums in binary64 (LightGBM): 64-bit keys, because its thresholds are binary64.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct WideNode(long key, double value, ushort slot, ushort tree, int delta) : IThreadedNode<WideNode>
{
    public readonly long Key = key;
    public readonly double Value = value;
    public readonly ushort Slot = slot;
    public readonly ushort Tree = tree;
    public readonly int Delta = delta;

    public static WideNode Make(double? threshold, double value, int slot, int tree, int delta) =>
        new(threshold is { } t ? OrderedKeys.Of(t) : long.MaxValue, value, (ushort)slot, (ushort)tree, delta);
}
