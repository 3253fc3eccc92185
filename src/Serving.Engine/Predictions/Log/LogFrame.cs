using System.Buffers.Binary;
using System.Numerics;
using Serving.Data.Durability;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// A frame of the prediction log, little-endian: length of the frame 4, CRC-32C of all but itself 4, sequence 8, time
/// of writing in Unix milliseconds 8, kind 1, flags 1, six bytes 0, payload (docs/prediction-log.md).
/// </summary>
internal readonly ref struct LogFrame
{
    /// <summary>Bytes in front of a payload.</summary>
    public const int HeaderSize = 32;

    /// <summary>Bytes of a frame at most: a row of the widest script with the longest texts is below it.</summary>
    public const int SizeMax = 8 << 20;

    /// <summary>Flag of a payload that is encrypted.</summary>
    public const byte Encrypted = 1;

    private const int SequenceAt = 8;
    private const int TimeAt = 16;
    private const int KindAt = 24;
    private const int FlagsAt = 25;

    private LogFrame(ReadOnlySpan<byte> frame)
    {
        Bytes = frame;
        Sequence = BinaryPrimitives.ReadUInt64LittleEndian(frame[SequenceAt..]);
        At = BinaryPrimitives.ReadInt64LittleEndian(frame[TimeAt..]);
        Kind = (LogFrameKind)frame[KindAt];
        Flags = frame[FlagsAt];
    }

    /// <summary>The whole frame.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Place in the order of all records; frames that are no records carry that of the next one.</summary>
    public ulong Sequence { get; }

    /// <summary>When it was written, ms since 1970.</summary>
    public long At { get; }

    /// <summary>What it holds.</summary>
    public LogFrameKind Kind { get; }

    /// <summary>Flags.</summary>
    public byte Flags { get; }

    /// <summary>What it holds, as bytes.</summary>
    public ReadOnlySpan<byte> Payload => Bytes[HeaderSize..];

    /// <summary>Whether the frame takes a sequence number.</summary>
    public bool IsRecord => TakesSequence(Kind);

    /// <summary>Whether frames of a kind take a sequence number.</summary>
    public static bool TakesSequence(LogFrameKind kind) => kind < LogFrameKind.Schema;

    /// <summary>Begins a frame that <see cref="Seal"/> ends: all but length, checksum, sequence.</summary>
    public static void Begin(Span<byte> header, LogFrameKind kind, long at)
    {
        header[..HeaderSize].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(header[TimeAt..], at);
        header[KindAt] = (byte)kind;
    }

    /// <summary>Kind of a frame that was begun.</summary>
    public static LogFrameKind KindOf(ReadOnlySpan<byte> frame) => (LogFrameKind)frame[KindAt];

    /// <summary>Ends a frame: length, sequence and checksum.</summary>
    public static void Seal(Span<byte> frame, ulong sequence, byte flags)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[SequenceAt..], sequence);
        frame[FlagsAt] = flags;
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], ChecksumOf(frame));
    }

    /// <summary>Bytes of the frame at the front of some bytes, as it says; 0 where that cannot be.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        int stated = bytes.Length < sizeof(int) ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return stated is < HeaderSize or > SizeMax ? 0 : stated;
    }

    /// <summary>
    /// Whether bytes look like the beginning of a frame, before its checksum is computed. REQUIRES: a header's bytes.
    /// </summary>
    public static bool IsPlausible(ReadOnlySpan<byte> bytes) => LengthOf(bytes) > 0
        && (LogFrameKind)bytes[KindAt] is > LogFrameKind.None and <= LogFrameKind.Head
        && bytes[FlagsAt] <= Encrypted && !bytes[(FlagsAt + 1)..HeaderSize].ContainsAnyExcept((byte)0);

    /// <summary>Takes the frame that some bytes are; false where its checksum is wrong.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out LogFrame frame)
    {
        frame = default;
        if (bytes.Length < HeaderSize || LengthOf(bytes) != bytes.Length || !IsPlausible(bytes)
            || ChecksumOf(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]))
        {
            return false;
        }

        frame = new LogFrame(bytes);
        return true;
    }

    // The length enters by its own four bytes: the checksum of what is behind is mixed with it.
    private static uint ChecksumOf(ReadOnlySpan<byte> frame) => BitOperations.Crc32C(
        Crc32C.Of(frame[SequenceAt..]), BinaryPrimitives.ReadUInt32LittleEndian(frame));
}
