using System.Buffers.Binary;
using Snappier;

namespace Serving.NativeModels.SavedModel.Variables;

/// <summary>
/// A block of a table file: checked by its CRC-32C, unpacked, and its entries in order. Source: LevelDB's table format
/// (doc/table_format.md), which tensorflow/core/lib/io/table.h follows.
/// </summary>
internal sealed class TableBlock
{
    /// <summary>Bytes behind a block: how it is packed and its checksum.</summary>
    public const int TrailerBytes = 5;

    private const int UnpackedBytesMax = 1 << 28;

    private readonly ReadOnlyMemory<byte> _entries;

    private TableBlock(ReadOnlyMemory<byte> entries) => _entries = entries;

    /// <summary>Opens a block; null where it is damaged.</summary>
    public static TableBlock? Open(ReadOnlyMemory<byte> file, ulong offset, ulong size)
    {
        ulong length = (ulong)file.Length;
        if (offset > length || size > length - offset || length - offset - size < TrailerBytes)
        {
            return null;
        }

        ReadOnlyMemory<byte> block = file.Slice((int)offset, (int)size);
        ReadOnlySpan<byte> checkedBytes = file.Span.Slice((int)offset, (int)size + 1);
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(file.Span[((int)offset + (int)size + 1)..]);
        if (MaskedCrc.Of(checkedBytes) != stored || Unpack(block, checkedBytes[^1]) is not { } contents)
        {
            return null;
        }

        return EntriesOf(contents);
    }

    /// <summary>Reads all entries; false where one is damaged or out of order.</summary>
    public bool TryRead(List<(byte[] Key, ReadOnlyMemory<byte> Value)> entries)
    {
        byte[] key = [];
        int at = 0;
        while (at < _entries.Length)
        {
            ReadOnlySpan<byte> span = _entries.Span;
            if (!TryVarint(span, ref at, out ulong shared) || !TryVarint(span, ref at, out ulong rest)
                || !TryVarint(span, ref at, out ulong value)
                || shared > (ulong)key.Length || rest > (ulong)(span.Length - at)
                || value > (ulong)(span.Length - at) - rest)
            {
                return false;
            }

            byte[] next = [.. key.AsSpan(0, (int)shared), .. span.Slice(at, (int)rest)];
            at += (int)rest;
            entries.Add((next, _entries.Slice(at, (int)value)));
            at += (int)value;
            key = next;
        }

        return true;
    }

    /// <summary>Reads a variable-length number.</summary>
    public static bool TryVarint(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            byte one = bytes[at++];
            value |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    // At the end stand the places where keys are whole, and how many: entries are read from the front, without them.
    private static TableBlock? EntriesOf(ReadOnlyMemory<byte> contents)
    {
        if (contents.Length < sizeof(uint))
        {
            return null;
        }

        uint restarts = BinaryPrimitives.ReadUInt32LittleEndian(contents.Span[^sizeof(uint)..]);
        long end = contents.Length - (((long)restarts + 1) * sizeof(uint));
        return end < 0 ? null : new TableBlock(contents[..(int)end]);
    }

    private static ReadOnlyMemory<byte>? Unpack(ReadOnlyMemory<byte> block, byte packing)
    {
        if (packing == 0)
        {
            return block;
        }

        try
        {
            return packing == 1 && Snappy.GetUncompressedLength(block.Span) is >= 0 and <= UnpackedBytesMax
                ? Snappy.DecompressToArray(block.Span)
                : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
