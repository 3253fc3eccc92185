using System.Buffers.Binary;

namespace Serving.State;

/// <summary>
/// The first 24 bytes of every blob, little-endian: format version 1, three bytes 0, epoch 4, schema hash 8, check
/// digest of the key 8. Behind it stand the tiles and ids that compactions folded, then raw records, each framed and
/// checked by itself.
/// </summary>
public static class BlobHeader
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 24;

    /// <summary>The format that this version writes.</summary>
    public const byte FormatVersion = 1;

    /// <summary>Greatest blob that is read (hardening.md 104).</summary>
    public const int BlobBytesMax = 1 << 20;

    // A folded part begins with check and length.
    private const int FoldedHeadBytes = 8;
    private const int FoldedLengthAt = 4;

    /// <summary>Writes the header of a blob.</summary>
    public static void Write(Span<byte> header, uint epoch, ulong schema, ulong check)
    {
        header[..Size].Clear();
        header[0] = FormatVersion;
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], schema);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], check);
    }

    /// <summary>The epoch: the number of compactions. REQUIRES: at least <see cref="Size"/> bytes.</summary>
    public static uint EpochOf(ReadOnlySpan<byte> blob) => BinaryPrimitives.ReadUInt32LittleEndian(blob[4..]);

    /// <summary>The schema hash of the log. REQUIRES: at least <see cref="Size"/> bytes.</summary>
    public static ulong SchemaOf(ReadOnlySpan<byte> blob) => BinaryPrimitives.ReadUInt64LittleEndian(blob[8..]);

    /// <summary>The check digest of the key. REQUIRES: at least <see cref="Size"/> bytes.</summary>
    public static ulong CheckOf(ReadOnlySpan<byte> blob) => BinaryPrimitives.ReadUInt64LittleEndian(blob[16..]);

    /// <summary>Place behind the folded part, where raw records begin; behind the header where none is.</summary>
    public static int FoldedEndOf(ReadOnlySpan<byte> blob) =>
        blob.Length < Size + FoldedHeadBytes || EpochOf(blob) == 0
            ? Size
            : (int)Math.Min((uint)blob.Length, Size + FoldedHeadBytes
                + (ulong)BinaryPrimitives.ReadUInt32LittleEndian(blob[(Size + FoldedLengthAt)..]));

    /// <summary>Whether a blob begins with a header of this format for a key and a log.</summary>
    public static bool Fits(ReadOnlySpan<byte> blob, ulong schema, ulong check) =>
        blob.Length >= Size && blob[0] == FormatVersion && SchemaOf(blob) == schema && CheckOf(blob) == check;
}
