using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Serving.Features.Emit.Runtime;

/// <summary>
/// XXH64 of the few bytes that digests have: the steps of the specification for inputs below 32 bytes, on values in
/// registers. The library's call, made for streams, took two to four times as long for 2 to 10 bytes. Thread-safe.
/// Source: Y. Collet, "XXH64", xxHash specification 0.1.1.
/// </summary>
internal static class ShortHash
{
    /// <summary>Longest text of <see cref="OfByteAndText"/>.</summary>
    public const int TextBytesMax = LongInput - 2;

    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;

    // From here on the input goes through four accumulators.
    private const int LongInput = 32;

    /// <summary>A byte and 8 bytes, little-endian.</summary>
    public static ulong OfByteAndWord(byte first, ulong word, ulong seed)
    {
        ulong hash = AddWord(Start(9, seed), first | (word << 8));
        return Finish(AddByte(hash, (byte)(word >> 56)));
    }

    /// <summary>Two bytes and 8 bytes, little-endian.</summary>
    public static ulong OfTwoBytesAndWord(byte first, byte second, ulong word, ulong seed)
    {
        ulong hash = AddWord(Start(10, seed), first | ((ulong)second << 8) | (word << 16));
        hash = AddByte(hash, (byte)(word >> 48));
        return Finish(AddByte(hash, (byte)(word >> 56)));
    }

    /// <summary>A byte and 4 bytes, little-endian.</summary>
    public static ulong OfByteAndHalf(byte first, uint half, ulong seed)
    {
        ulong hash = AddHalf(Start(5, seed), first | (half << 8));
        return Finish(AddByte(hash, (byte)(half >> 24)));
    }

    /// <summary>Two bytes.</summary>
    public static ulong OfTwoBytes(byte first, byte second, ulong seed) =>
        Finish(AddByte(AddByte(Start(2, seed), first), second));

    /// <summary>A byte and then a text of at most <see cref="TextBytesMax"/>.</summary>
    public static ulong OfByteAndText(byte first, ReadOnlySpan<byte> text, ulong seed)
    {
        int length = text.Length + 1;
        ulong hash = Start(length, seed);
        if (length >= 8)
        {
            ulong seven = BinaryPrimitives.ReadUInt32LittleEndian(text)
                | ((ulong)(BinaryPrimitives.ReadUInt32LittleEndian(text[3..]) >> 8) << 32);
            return Finish(AddBytes(AddWord(hash, first | (seven << 8)), text[7..]));
        }

        if (length >= 4)
        {
            uint three = (uint)(text[0] | (text[1] << 8) | (text[2] << 16));
            return Finish(AddBytes(AddHalf(hash, first | (three << 8)), text[3..]));
        }

        return Finish(AddBytes(AddByte(hash, first), text));
    }

    /// <summary>Any bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed) => bytes.Length < LongInput
        ? Finish(AddBytes(Start(bytes.Length, seed), bytes))
        : XxHash64.HashToUInt64(bytes, (long)seed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AddBytes(ulong hash, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            hash = AddWord(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        if (bytes.Length >= 4)
        {
            hash = AddHalf(hash, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            bytes = bytes[4..];
        }

        foreach (byte value in bytes)
        {
            hash = AddByte(hash, value);
        }

        return hash;
    }

    private static ulong Start(int length, ulong seed) => unchecked(seed + Prime5 + (ulong)length);

    private static ulong AddWord(ulong hash, ulong word)
    {
        ulong round = unchecked(BitOperations.RotateLeft(word * Prime2, 31) * Prime1);
        return unchecked((BitOperations.RotateLeft(hash ^ round, 27) * Prime1) + Prime4);
    }

    private static ulong AddHalf(ulong hash, uint half) =>
        unchecked((BitOperations.RotateLeft(hash ^ (half * Prime1), 23) * Prime2) + Prime3);

    private static ulong AddByte(ulong hash, byte value) =>
        unchecked(BitOperations.RotateLeft(hash ^ (value * Prime5), 11) * Prime1);

    private static ulong Finish(ulong hash)
    {
        hash = unchecked((hash ^ (hash >> 33)) * Prime2);
        hash = unchecked((hash ^ (hash >> 29)) * Prime3);
        return hash ^ (hash >> 32);
    }
}
