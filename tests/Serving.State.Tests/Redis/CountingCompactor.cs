using System.Buffers;

namespace Serving.State.Tests.Redis;

/// <summary>
/// Folds all records into one of the same size whose writer is -1 and whose number counts them: the fold of a blob is
/// that record, in front.
/// </summary>
internal sealed class CountingCompactor : IBlobCompactor
{
    public const int Folded = -1;

    public ulong Schema => RedisFixture.Schema;

    public int Compact(ReadOnlySpan<byte> blob, IBufferWriter<byte> replacement)
    {
        int count = Count(blob);
        int records = RedisFixture.Records(blob).Count;
        if (records < 2)
        {
            return 0;
        }

        Span<byte> folded = replacement.GetSpan(BlobHeader.Size + RedisFixture.RecordSize);
        BlobHeader.Write(folded, BlobHeader.EpochOf(blob) + 1, BlobHeader.SchemaOf(blob), BlobHeader.CheckOf(blob));
        RedisFixture.Record(Folded, count).CopyTo(folded[BlobHeader.Size..]);
        replacement.Advance(BlobHeader.Size + RedisFixture.RecordSize);
        return records;
    }

    public bool IsDue(int length, int appended) => length > BlobHeader.Size + (2 * RedisFixture.RecordSize);

    /// <summary>How many records a blob stands for.</summary>
    public static int Count(ReadOnlySpan<byte> blob)
    {
        int count = 0;
        foreach ((int writer, int number) in RedisFixture.Records(blob))
        {
            count += writer == Folded ? number : 1;
        }

        return count;
    }
}
