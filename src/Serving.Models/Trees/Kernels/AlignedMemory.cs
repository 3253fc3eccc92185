using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Serving.Models.Trees.Kernels;

/// <summary>
/// Native memory of a kernel's image, on a cache line's border and zeroed. It is freed with its handle: an image lives
/// as long as its scorer, and scorers are dropped, not disposed. Users keep it alive over a call
/// (<see cref="GC.KeepAlive"/>).
/// </summary>
internal sealed unsafe class AlignedMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int CacheLineBytes = 64;

    public AlignedMemory(long bytes)
        : base(ownsHandle: true)
    {
        Bytes = Math.Max(bytes, 1);
        Start = (byte*)NativeMemory.AlignedAlloc((nuint)Bytes, CacheLineBytes);
        NativeMemory.Clear(Start, (nuint)Bytes);
        SetHandle((nint)Start);
        GC.AddMemoryPressure(Bytes);
    }

    public long Bytes { get; }

    public byte* Start { get; }

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree(Start);
        GC.RemoveMemoryPressure(Bytes);
        return true;
    }
}
