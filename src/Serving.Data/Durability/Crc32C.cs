using System.Buffers.Binary;
using System.Numerics;

namespace Serving.Data.Durability;

/// <summary>CRC-32C (Castagnoli) by the processor's instruction, as iSCSI and ext4 use it.</summary>
public static class Crc32C
{
    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Extend(0, bytes);

    /// <summary>The checksum of bytes whose beginning has a known one.</summary>
    /// <param name="beginning">Checksum of the bytes before; 0 of none.</param>
    /// <param name="bytes">The bytes that follow.</param>
    public static uint Extend(uint beginning, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~beginning;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }
}
