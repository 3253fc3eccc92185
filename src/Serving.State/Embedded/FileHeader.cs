using System.Buffers.Binary;
using Serving.Data.Durability;

namespace Serving.State.Embedded;

/// <summary>
/// The first 64 bytes of every file of a folder, little-endian: magic 8, format version 4, 4 zero, sequence 8, time of
/// making in Unix milliseconds 8, 28 zero, CRC-32C of the 60 bytes in front 4.
/// </summary>
internal static class FileHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = 64;

    /// <summary>The format that this version writes.</summary>
    public const uint FormatVersion = 1;

    /// <summary>Magic of a segment of the log, "SRVSLOG1".</summary>
    public const ulong Log = 0x31474F4C53565253;

    /// <summary>Magic of a snapshot, "SRVSNAP1".</summary>
    public const ulong Snapshot = 0x3150414E53565253;

    /// <summary>Magic of the mark of a clean stop, "SRVSTOP1".</summary>
    public const ulong Stop = 0x31504F5453565253;

    /// <summary>Magic of the begins of the logs' histories, "SRVSHIS1".</summary>
    public const ulong History = 0x3153494853565253;

    /// <summary>Writes a header.</summary>
    public static void Write(Span<byte> header, ulong magic, ulong sequence, DateTimeOffset made)
    {
        header[..Size].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(header, magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], FormatVersion);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], made.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt32LittleEndian(header[60..], Crc32C.Of(header[..60]));
    }

    /// <summary>Reads a header's sequence; returns what is wrong with it, or null.</summary>
    public static string? Read(ReadOnlySpan<byte> bytes, ulong magic, out ulong sequence)
    {
        sequence = 0;
        if (bytes.Length < Size)
        {
            return $"{bytes.Length} bytes where the header has {Size}";
        }

        if (Crc32C.Of(bytes[..60]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[60..]))
        {
            return "a header with a wrong checksum";
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != magic)
        {
            return "the header of another kind of file";
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (version != FormatVersion)
        {
            return $"format version {version}";
        }

        sequence = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        return null;
    }
}
