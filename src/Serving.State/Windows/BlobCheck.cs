using System.Buffers.Binary;
using System.Globalization;

namespace Serving.State.Windows;

/// <summary>
/// Checks every checksum of a blob without knowing its log: what <c>state verify</c> can tell without a script. Total,
/// whatever the bytes are.
/// </summary>
public static class BlobCheck
{
    // Readers may load whole words behind a blob's end.
    private const int Slack = 16;
    private const int FoldedHead = 8;
    private const int RecordCheckBytes = 2;

    /// <summary>What is wrong behind the header; null where all is sound.</summary>
    public static string? ProblemOf(ReadOnlySpan<byte> blob)
    {
        if (blob.Length < BlobHeader.Size)
        {
            return $"found {blob.Length} bytes, expected a header of {BlobHeader.Size}";
        }

        byte[] padded = new byte[blob.Length + Slack];
        blob.CopyTo(padded);
        int at = BlobHeader.Size;
        if (BlobHeader.EpochOf(blob) != 0 && !SkipFolded(padded, blob.Length, ref at))
        {
            return Damage(BlobHeader.Size, "folded part");
        }

        while (at < blob.Length)
        {
            int record = at;
            if (!SkipRecord(padded, blob.Length, ref at))
            {
                return Damage(record, "record");
            }
        }

        return null;
    }

    private static string Damage(int offset, string part) => string.Create(
        CultureInfo.InvariantCulture, $"offset {offset}: found a damaged {part}, expected one whose check holds");

    private static bool SkipFolded(ReadOnlySpan<byte> bytes, int end, ref int at)
    {
        int start = at + FoldedHead;
        if (start > end)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]);
        if (length > (uint)(end - start))
        {
            return false;
        }

        uint found = BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
        ReadOnlySpan<byte> body = bytes.Slice(start, (int)length);
        uint expected = FoldedPart.CheckOf(bytes[..BlobHeader.Size], bytes[(at + 4)..start], body);
        at = start + (int)length;
        return found == expected;
    }

    private static bool SkipRecord(ReadOnlySpan<byte> bytes, int end, ref int at)
    {
        ulong length = PrefixVarint.Read(bytes, ref at);
        int body = at + RecordCheckBytes;
        if (body > end || length > (ulong)(end - body))
        {
            return false;
        }

        ushort found = BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
        at = body + (int)length;
        return found == RecordCheck.OfBody(bytes, body, (int)length);
    }
}
