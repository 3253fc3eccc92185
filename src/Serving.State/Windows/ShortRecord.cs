using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serving.State.Windows;

/// <summary>
/// The usual form of a record: a length of one byte up to 32, a time of six bytes, a known time near it. It is decoded
/// from one window, in which all places but the columns' are constants.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly ref struct ShortRecord
{
    /// <summary>Bytes of a window.</summary>
    public const int Window = 48;

    /// <summary>Length and check.</summary>
    public const int HeadBytes = 1 + 2;

    /// <summary>Time, distance of known, id hash: fewest bytes of a body.</summary>
    public const int FixedBytes = 6 + 1 + 8;

    private const int BodyMax = 32;
    private const ulong SixBytes = (1UL << 48) - 1;

    private ShortRecord(int length, long time, long distance, ulong id)
    {
        Length = length;
        Time = time;
        Distance = distance;
        Id = id;
    }

    /// <summary>Length of the body.</summary>
    public readonly int Length;

    /// <summary>Event time.</summary>
    public readonly long Time;

    /// <summary>Known time - event time - usual delay.</summary>
    public readonly long Distance;

    /// <summary>The id or its hash.</summary>
    public readonly ulong Id;

    /// <summary>
    /// Decodes the record at the begin of a window, of which <paramref name="room"/> bytes are the blob's; false where
    /// it has another form or a wrong check.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> window, int room, out ShortRecord record)
    {
        ulong head = BinaryPrimitives.ReadUInt64LittleEndian(window);
        ulong word = BinaryPrimitives.ReadUInt64LittleEndian(window[HeadBytes..]);
        int length = (int)(head & 255) >> 1;
        ulong time = word & SixBytes;
        record = new ShortRecord(
            length,
            (long)time - RecordLayout.TimeBias,
            PrefixVarint.UnZigZag((word >> 49) & 127),
            BinaryPrimitives.ReadUInt64LittleEndian(window[(HeadBytes + FixedBytes - 8)..]));

        // The bits of a longer length and of a longer distance are both 0.
        return ((head & 1) | (word & (1UL << 48))) == 0
            && (uint)(length - FixedBytes) <= BodyMax - FixedBytes
            && length <= room - HeadBytes
            && time != RecordLayout.TimeEscape
            && (ushort)(head >> 8) == RecordCheck.OfShortBody(window[HeadBytes..], word, length);
    }
}
