using System.Buffers.Binary;
using Serving.Data.Durability;

namespace Serving.State.Embedded;

/// <summary>
/// An entry of the log as bytes, little-endian: length of the frame 4, CRC-32C of all but itself 4, sequence 8, kind 1,
/// three bytes 0, set 4, digest 8, check 8, schema 8, expires 4, folded 4, body.
/// </summary>
internal readonly ref struct LogFrame
{
    /// <summary>Bytes in front of a body.</summary>
    public const int HeaderSize = 56;

    /// <summary>Bytes of a frame at most.</summary>
    public const int SizeMax = HeaderSize + (2 * BlobHeader.BlobBytesMax);

    private LogFrame(ReadOnlySpan<byte> frame)
    {
        Sequence = BinaryPrimitives.ReadUInt64LittleEndian(frame[8..]);
        StateKey key = new(
            BinaryPrimitives.ReadUInt32LittleEndian(frame[20..]),
            BinaryPrimitives.ReadUInt64LittleEndian(frame[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(frame[32..]));
        Entry = new LogEntry(
            (LogKind)frame[16],
            key,
            BinaryPrimitives.ReadUInt64LittleEndian(frame[40..]),
            BinaryPrimitives.ReadUInt32LittleEndian(frame[48..]),
            BinaryPrimitives.ReadInt32LittleEndian(frame[52..]));
        Body = frame[HeaderSize..];
    }

    /// <summary>Place in the order of all changes.</summary>
    public ulong Sequence { get; }

    /// <summary>What it says.</summary>
    public LogEntry Entry { get; }

    /// <summary>The record or the blob.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Writes a frame without its checksum, which <see cref="Seal"/> adds off the request path.</summary>
    public static void Write(Span<byte> frame, ulong sequence, in LogEntry entry, ReadOnlySpan<byte> body)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, HeaderSize + body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[8..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[16..], (byte)entry.Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[20..], entry.Key.Set);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[24..], entry.Key.Digest);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[32..], entry.Key.Check);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[40..], entry.Schema);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[48..], entry.Expires);
        BinaryPrimitives.WriteInt32LittleEndian(frame[52..], entry.Folded);
        body.CopyTo(frame[HeaderSize..]);
    }

    /// <summary>Adds the checksum of the frame at the front of some bytes; returns length, sequence and kind.</summary>
    public static (int Length, ulong Sequence, LogKind Kind) Seal(Span<byte> bytes)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], ChecksumOf(bytes[..length]));
        return (length, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), (LogKind)bytes[16]);
    }

    /// <summary>Reads the frame at the front of some bytes; null and its length, or what is wrong with it.</summary>
    public static string? Read(ReadOnlySpan<byte> bytes, out int length, out LogFrame frame)
    {
        frame = default;
        length = 0;
        if (bytes.Length < HeaderSize)
        {
            return $"{bytes.Length} bytes where a frame has {HeaderSize} at least";
        }

        int stated = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (stated is < HeaderSize or > SizeMax || stated > bytes.Length)
        {
            return $"a frame of {stated} bytes where {bytes.Length} are left";
        }

        if (ChecksumOf(bytes[..stated]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]))
        {
            return "a wrong checksum";
        }

        length = stated;
        frame = new LogFrame(bytes[..stated]);
        return null;
    }

    // The length enters by its own four bytes: the checksum of what is behind is mixed with it.
    private static uint ChecksumOf(ReadOnlySpan<byte> frame) =>
        System.Numerics.BitOperations.Crc32C(
            Crc32C.Of(frame[8..]), BinaryPrimitives.ReadUInt32LittleEndian(frame));
}
