using System.Buffers.Binary;
using Google.Protobuf;
using Serving.NativeModels.SavedModel.Variables;

namespace Serving.NativeModels.Tests.SavedModel;

/// <summary>Writes a table file of one data block, packed by Snappy or not.</summary>
internal static class TableWriter
{
    public static byte[] Write(IEnumerable<(string Key, IMessage Value)> rows, bool isPacked = false)
    {
        using var file = new MemoryStream();
        using var data = new MemoryStream();
        foreach ((string key, IMessage value) in rows)
        {
            Entry(data, System.Text.Encoding.UTF8.GetBytes(key), value.ToByteArray());
        }

        byte[] handle = Block(file, data, isPacked);
        using var index = new MemoryStream();
        Entry(index, "~"u8, handle);
        byte[] indexHandle = Block(file, index, isPacked: false);
        byte[] footer = new byte[48];
        footer[0] = 0;
        footer[1] = 0;
        indexHandle.CopyTo(footer, 2);
        BinaryPrimitives.WriteUInt64LittleEndian(footer.AsSpan(40), 0xdb4775248b80fb57);
        file.Write(footer);
        return file.ToArray();
    }

    private static void Entry(MemoryStream block, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Varint(block, 0);
        Varint(block, key.Length);
        Varint(block, value.Length);
        block.Write(key);
        block.Write(value);
    }

    // Every entry holds its whole key here, and one restart point at 0 stands for all.
    private static byte[] Block(MemoryStream file, MemoryStream entries, bool isPacked)
    {
        byte[] contents = [.. entries.ToArray(), 0, 0, 0, 0, 1, 0, 0, 0];
        byte[] stored = isPacked ? Snappier.Snappy.CompressToArray(contents) : contents;
        byte[] block = [.. stored, isPacked ? (byte)1 : (byte)0];
        long offset = file.Position;
        file.Write(block);
        Span<byte> crc = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(crc, MaskedCrc.Of(block));
        file.Write(crc);
        using var handle = new MemoryStream();
        Varint(handle, offset);
        Varint(handle, stored.Length);
        return handle.ToArray();
    }

    private static void Varint(MemoryStream stream, long value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }
}
