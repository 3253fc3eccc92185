using System.Buffers;

namespace Serving.State.Tests.Embedded;

/// <summary>
/// Folds a blob of one-byte-length records deterministically: all but the last records into their sum, so that the sum
/// and number of all records can be told before and after. A record is a length (1 to 255) and so many bytes.
/// </summary>
internal sealed class MergingCompactor(ulong schema, int kept = 2) : IBlobCompactor
{
    // Behind the header of a folded blob: one record that begins with this length byte 0, then sum 8 and count 8.
    private const int TileBytes = 17;

    public ulong Schema { get; } = schema;

    public static byte[] Record(int seed)
    {
        byte[] record = new byte[2 + (seed % 40)];
        new Random(seed).NextBytes(record);
        record[0] = (byte)(record.Length - 1);
        return record;
    }

    /// <summary>Sum of the records' bytes and their number, the same before and after foldings.</summary>
    public static (ulong Sum, ulong Count) MeaningOf(ReadOnlySpan<byte> blob)
    {
        (ulong sum, ulong count) = (0, 0);
        ReadOnlySpan<byte> rest = blob.IsEmpty ? blob : blob[BlobHeader.Size..];
        while (rest.Length > 0)
        {
            if (rest[0] == 0)
            {
                sum += BitConverter.ToUInt64(rest[1..]);
                count += BitConverter.ToUInt64(rest[9..]);
                rest = rest[TileBytes..];
                continue;
            }

            sum += SumOf(rest[..(rest[0] + 1)]);
            count++;
            rest = rest[(rest[0] + 1)..];
        }

        return (sum, count);
    }

    public int Compact(ReadOnlySpan<byte> blob, IBufferWriter<byte> replacement)
    {
        List<int> starts = [];
        bool hasTile = blob.Length > BlobHeader.Size && blob[BlobHeader.Size] == 0;
        for (int at = BlobHeader.Size + (hasTile ? TileBytes : 0); at < blob.Length; at += blob[at] + 1)
        {
            starts.Add(at);
        }

        int folded = starts.Count - kept;
        if (folded <= 0)
        {
            return 0;
        }

        int end = starts[folded];
        (ulong sum, ulong count) = MeaningOf(blob[..end]);
        byte[] made = new byte[BlobHeader.Size + TileBytes];
        BlobHeader.Write(made, BlobHeader.EpochOf(blob) + 1, Schema, BlobHeader.CheckOf(blob));
        BitConverter.TryWriteBytes(made.AsSpan(BlobHeader.Size + 1), sum);
        BitConverter.TryWriteBytes(made.AsSpan(BlobHeader.Size + 9), count);
        replacement.Write(made);
        replacement.Write(blob[end..]);
        return folded;
    }

    public bool IsDue(int length, int appended) => appended > 100;

    private static ulong SumOf(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        foreach (byte one in bytes)
        {
            sum = (sum * 31) + one;
        }

        return sum;
    }
}
