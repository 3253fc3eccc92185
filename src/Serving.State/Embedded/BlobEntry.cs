using System.Runtime.InteropServices;

namespace Serving.State.Embedded;

/// <summary>What a table knows of one blob, 40 bytes of native memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BlobEntry
{
    /// <summary>Digest of the key.</summary>
    public ulong Digest;

    /// <summary>The owner's mark of the last change: the store keeps the sequence of the log's entry there.</summary>
    public ulong Stamp;

    /// <summary>Set of the key.</summary>
    public uint Set;

    /// <summary>Place of the block within its size class; a free entry keeps the next free one + 1 here.</summary>
    public uint Position;

    /// <summary>Bytes of the blob; 0 marks a free entry.</summary>
    public int Length;

    /// <summary>Bytes that the last compaction wrote; those behind were appended since.</summary>
    public int Folded;

    /// <summary>Second of the Unix epoch from which on the blob is gone; 0: never.</summary>
    public uint Expires;

    /// <summary>Size class of the block.</summary>
    public int SizeClass;
}
