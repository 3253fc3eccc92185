using System.Runtime.InteropServices;

namespace Serving.State.Windows;

/// <summary>
/// Four places of an <see cref="ImagePool"/>, one line of memory. All but <see cref="Held"/> belong to whoever holds
/// it; a digest says where to look, and a wrong one costs a decoding, since an image is compared with the blob itself.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ImageSet
{
    /// <summary>Places of a set.</summary>
    public const int Ways = 4;

    /// <summary>Check digests of the keys that the places are for.</summary>
    public FourDigests Checks;

    /// <summary>Tags, 16 bits each, of the keys that missed last.</summary>
    public ulong Missed;

    /// <summary>Number of each place's block + 1; 0 where it has none yet.</summary>
    public FourNumbers Blocks;

    /// <summary>1 while a reader is inside.</summary>
    public int Held;

    /// <summary>The place that is given away next.</summary>
    public int Next;

    /// <summary>A digest for each place.</summary>
    [System.Runtime.CompilerServices.InlineArray(Ways)]
    public struct FourDigests
    {
        private ulong _first;
    }

    /// <summary>A number for each place.</summary>
    [System.Runtime.CompilerServices.InlineArray(Ways)]
    public struct FourNumbers
    {
        private int _first;
    }
}
