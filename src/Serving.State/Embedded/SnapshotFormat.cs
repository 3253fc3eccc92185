namespace Serving.State.Embedded;

/// <summary>
/// Layout of a snapshot, little-endian: a <see cref="FileHeader"/>, chunks, a footer. A chunk begins with magic 4,
/// count of blobs 4, bytes behind this header 4, their CRC-32C 4, number of the chunk 8, 4 zero, CRC-32C of the 28
/// bytes in front 4; then the blobs: set 4, length 4, digest 8, stamp 8, expires 4, folded 4, bytes. The footer is a
/// chunk header of another magic that counts all blobs, with 16 bytes behind: greatest stamp 8, bytes of the file 8.
/// </summary>
internal static class SnapshotFormat
{
    /// <summary>Bytes of a chunk's header.</summary>
    public const int ChunkHeaderSize = 32;

    /// <summary>Bytes in front of a blob.</summary>
    public const int BlobHeadSize = 32;

    /// <summary>Bytes behind the header of a footer.</summary>
    public const int FooterBytes = 16;

    /// <summary>Magic of a chunk, "SCNK".</summary>
    public const uint Chunk = 0x4B4E4353;

    /// <summary>Magic of the footer, "SEND".</summary>
    public const uint Footer = 0x444E4553;

    /// <summary>
    /// Bytes from which on a chunk is written: damage is located to it, and a thread loads one at a time.
    /// </summary>
    public const int ChunkBytesFull = 1 << 20;

    /// <summary>Bytes of a chunk at most.</summary>
    public const int ChunkBytesMax = ChunkBytesFull + (2 * BlobHeader.BlobBytesMax) + BlobHeadSize;
}
