using System.Buffers.Binary;
using System.Text;
using Serving.Data.Durability;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// The first 128 bytes of a segment, little-endian: magic 8, format version 4, flags 4, first sequence 8, time of
/// making in Unix milliseconds 8, salt 16, name of the key 32 (UTF-8, zeros behind), 44 zero, CRC-32C of the 124 bytes
/// in front 4. Immutable.
/// </summary>
internal sealed record SegmentHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = 128;

    /// <summary>The format that this version writes, and the newest that it reads.</summary>
    public const uint FormatVersion = 1;

    /// <summary>Bytes of a salt.</summary>
    public const int SaltSize = 16;

    /// <summary>Longest name of a key.</summary>
    public const int KeyNameMax = 32;

    // "SRVPLOG1" and "SRVPLOGZ".
    private const ulong PlainMagic = 0x31474F4C50565253;
    private const ulong PackedMagic = 0x5A474F4C50565253;
    private const uint RewritesFlag = 1;
    private const int SaltAt = 32;
    private const int KeyAt = 48;
    private const int ChecksumAt = 124;

    /// <summary>Sequence of the first record.</summary>
    public required ulong First { get; init; }

    /// <summary>When the segment was made, ms since 1970.</summary>
    public required long Made { get; init; }

    /// <summary>
    /// Whether the segment before it failed: records of it from <see cref="First"/> on stand here again, and what lies
    /// behind them there is no damage.
    /// </summary>
    public bool Rewrites { get; init; }

    /// <summary>Name of the key of what is encrypted or masked; empty without one.</summary>
    public string Key { get; init; } = "";

    /// <summary>Makes the keys of this segment differ from those of any other.</summary>
    public byte[] Salt { get; init; } = new byte[SaltSize];

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> header, bool isPacked)
    {
        header[..Size].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(header, isPacked ? PackedMagic : PlainMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Rewrites ? RewritesFlag : 0);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], First);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], Made);
        Salt.CopyTo(header[SaltAt..]);
        Encoding.UTF8.GetBytes(Key, header[KeyAt..(KeyAt + KeyNameMax)]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[ChecksumAt..], Crc32C.Of(header[..ChecksumAt]));
    }

    /// <summary>Reads a header; null where it is none that this version understands.</summary>
    public static SegmentHeader? Read(ReadOnlySpan<byte> header, out bool isPacked)
    {
        isPacked = false;
        if (header.Length < Size
            || Crc32C.Of(header[..ChecksumAt]) != BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumAt..])
            || BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) != FormatVersion)
        {
            return null;
        }

        ulong magic = BinaryPrimitives.ReadUInt64LittleEndian(header);
        isPacked = magic == PackedMagic;
        return isPacked || magic == PlainMagic
            ? new SegmentHeader
            {
                First = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]),
                Made = BinaryPrimitives.ReadInt64LittleEndian(header[24..]),
                Rewrites = (BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) & RewritesFlag) != 0,
                Salt = header.Slice(SaltAt, SaltSize).ToArray(),
                Key = Encoding.UTF8.GetString(header.Slice(KeyAt, KeyNameMax)).TrimEnd('\0'),
            }
            : null;
    }
}
