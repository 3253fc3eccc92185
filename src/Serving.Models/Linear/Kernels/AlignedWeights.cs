using System.Runtime.InteropServices;

namespace Serving.Models.Linear.Kernels;

/// <summary>
/// Weights that begin on a cache line's border, in a pinned array: each load of 64 bytes elsewhere reads two lines.
/// </summary>
internal sealed class AlignedWeights
{
    private const int CacheLineBytes = 64;

    private readonly double[] _memory;
    private readonly int _start;

    public AlignedWeights(int length)
    {
        Length = length;
        _memory = GC.AllocateArray<double>(length + (CacheLineBytes / sizeof(double)), pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _start = (int)(-address & (CacheLineBytes - 1)) / sizeof(double);
    }

    public int Length { get; }

    /// <summary>Some of the weights.</summary>
    public Span<double> Slice(int start, int length) => _memory.AsSpan(_start + start, length);
}
