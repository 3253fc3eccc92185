using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Serving.State.Windows;

/// <summary>
/// CRC-32C over whole words, the last one filled with zeros, begun from the length: the processor has an instruction
/// for it. Records carry 16 bits of it, folded parts all 32.
/// </summary>
internal static class RecordCheck
{
    /// <summary>Of a record's body. REQUIRES: 8 readable bytes behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort OfBody(ReadOnlySpan<byte> bytes, int start, int length)
    {
        uint crc = ~(uint)length;
        int at = start;
        int rest = length;
        for (; rest >= 8; rest -= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]));
            at += 8;
        }

        if (rest > 0)
        {
            ulong last = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]) & ((1UL << (rest * 8)) - 1);
            crc = BitOperations.Crc32C(crc, last);
        }

        return (ushort)(crc ^ (crc >> 16));
    }

    /// <summary>
    /// The same of a body of 8 to 32 bytes at the begin of a window of at least 40, whose first word is at hand.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort OfShortBody(ReadOnlySpan<byte> window, ulong first, int length)
    {
        uint crc = BitOperations.Crc32C(~(uint)length, first);
        int rest = length - 8;
        ulong word = BinaryPrimitives.ReadUInt64LittleEndian(window[8..]);
        if (rest >= 8)
        {
            crc = BitOperations.Crc32C(crc, word);
            word = BinaryPrimitives.ReadUInt64LittleEndian(window[16..]);
            rest -= 8;
            if (rest >= 8)
            {
                crc = BitOperations.Crc32C(crc, word);
                word = BinaryPrimitives.ReadUInt64LittleEndian(window[24..]);
                rest -= 8;
                if (rest >= 8)
                {
                    crc = BitOperations.Crc32C(crc, word);
                    word = 0;
                    rest -= 8;
                }
            }
        }

        if (rest > 0)
        {
            crc = BitOperations.Crc32C(crc, word & ((1UL << (rest * 8)) - 1));
        }

        return (ushort)(crc ^ (crc >> 16));
    }

    /// <summary>Of any bytes, continuing a check.</summary>
    public static uint Continue(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
