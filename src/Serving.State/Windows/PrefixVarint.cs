using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Serving.State.Windows;

/// <summary>
/// Numbers of 1 to 9 bytes whose length stands in the lowest bits of the first byte: n - 1 ones and a zero, then 7n
/// bits of value; nine bytes begin with 255 and hold all 64 bits. One load of a word and two shifts decode a number.
/// </summary>
internal static class PrefixVarint
{
    /// <summary>Longest number.</summary>
    public const int MaxBytes = 9;

    /// <summary>Writes a number and returns its length. REQUIRES: room for <see cref="MaxBytes"/>.</summary>
    public static int Write(Span<byte> to, ulong value)
    {
        int bytes = (64 - BitOperations.LeadingZeroCount(value | 1) + 6) / 7;
        if (bytes > 8)
        {
            to[0] = 255;
            BinaryPrimitives.WriteUInt64LittleEndian(to[1..], value);
            return MaxBytes;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(to, (value << bytes) | ((1UL << (bytes - 1)) - 1));
        return bytes;
    }

    /// <summary>Length of a number.</summary>
    public static int SizeOf(ulong value) =>
        Math.Min(MaxBytes, (64 - BitOperations.LeadingZeroCount(value | 1) + 6) / 7);

    /// <summary>Reads the number at a place and moves the place behind it.</summary>
    /// <remarks>REQUIRES: at least <see cref="MaxBytes"/> readable bytes from the place.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
        int length = BitOperations.TrailingZeroCount(~word) + 1;
        if (length <= 8)
        {
            at += length;
            return (word << (64 - (8 * length))) >> (64 - (7 * length));
        }

        word = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(at + 1)..]);
        at += MaxBytes;
        return word;
    }

    /// <summary>Folds the sign into the lowest bit: numbers near 0 of either sign become small.</summary>
    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    /// <summary>Undoes <see cref="ZigZag"/>.</summary>
    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
