using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Serving.Data.Durability;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Head of a compressed block, little-endian: length of the block with its head 4, CRC-32C of all but itself 4, length
/// of what it holds 4, flags 4, sequence of the next record 8, eight bytes 0.
/// </summary>
/// <param name="Length">Bytes of the block with its head.</param>
/// <param name="RawLength">Bytes of what it holds.</param>
/// <param name="Flags">Flags.</param>
/// <param name="Next">Sequence behind the records that end in it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PackedBlock(int Length, int RawLength, uint Flags, ulong Next)
{
    /// <summary>Bytes of the head.</summary>
    public const int HeaderSize = 32;

    /// <summary>Bytes that a block holds at most.</summary>
    public const int RawMax = 64 << 10;

    /// <summary>Flag: the block begins in the middle of a frame.</summary>
    public const uint Continues = 1;

    /// <summary>Flag: the segment's end; the block holds nothing.</summary>
    public const uint End = 2;

    // What does not compress grows by a few bytes.
    private const int LengthMax = HeaderSize + RawMax + 1024;

    /// <summary>Ends a block: its head and checksum.</summary>
    public static void Seal(Span<byte> block, int rawLength, uint flags, ulong next)
    {
        BinaryPrimitives.WriteInt32LittleEndian(block, block.Length);
        BinaryPrimitives.WriteInt32LittleEndian(block[8..], rawLength);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], flags);
        BinaryPrimitives.WriteUInt64LittleEndian(block[16..], next);
        BinaryPrimitives.WriteUInt64LittleEndian(block[24..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(block[4..], ChecksumOf(block));
    }

    /// <summary>The head at the front of some bytes; null where it cannot be one.</summary>
    public static PackedBlock? Read(ReadOnlySpan<byte> head)
    {
        if (head.Length < HeaderSize)
        {
            return null;
        }

        var block = new PackedBlock(
            BinaryPrimitives.ReadInt32LittleEndian(head),
            BinaryPrimitives.ReadInt32LittleEndian(head[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(head[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(head[16..]));
        return block.Length is >= HeaderSize and <= LengthMax && block.RawLength is >= 0 and <= RawMax
            && block.Flags <= End && BinaryPrimitives.ReadUInt64LittleEndian(head[24..]) == 0
                ? block
                : null;
    }

    /// <summary>Whether the bytes of a whole block are as they were written.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> block) =>
        ChecksumOf(block) == BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);

    private static uint ChecksumOf(ReadOnlySpan<byte> block) =>
        BitOperations.Crc32C(Crc32C.Of(block[8..]), BinaryPrimitives.ReadUInt32LittleEndian(block));
}
