using System.IO.Hashing;
using Serving.Data;
using Serving.Data.Windows;
using Serving.State.Windows;

namespace Serving.State.Tests.Windows;

public sealed class ImagePoolTests
{
    private const long Now = 1_700_000_000_000;

    [Fact]
    public void Rent_KeySeenTwice_GivesItsBlock()
    {
        ImagePool images = new(8 * ImagePool.BlockBytes);
        byte[] blob = BlobOf(1);
        Assert.True(images.Rent(blob, out _).IsEmpty);

        Span<long> block = images.Rent(blob, out int set);
        Assert.Equal(ImagePool.BlockLongs, block.Length);
        block[0] = 5;
        images.Return(set);

        Assert.Equal(5, images.Rent(blob, out _)[0]);
    }

    [Fact]
    public void Rent_BlockInUse_GivesNone()
    {
        ImagePool images = new(8 * ImagePool.BlockBytes);
        byte[] blob = BlobOf(1);
        Assert.True(images.Rent(blob, out _).IsEmpty);
        Assert.False(images.Rent(blob, out int set).IsEmpty);

        Assert.True(images.Rent(blob, out _).IsEmpty);
        images.Return(set);
        Assert.False(images.Rent(blob, out _).IsEmpty);
    }

    [Fact]
    public void Rent_MoreKeysThanBlocks_StaysWithinTheBound()
    {
        ImagePool images = new(8 * ImagePool.BlockBytes);
        for (ulong key = 1; key <= 1000; key++)
        {
            // A key that was seen once may be taken for another one, of equal tag: then it has its block at once.
            if (!images.Rent(BlobOf(key), out int first).IsEmpty)
            {
                images.Return(first);
            }

            Assert.False(images.Rent(BlobOf(key), out int set).IsEmpty);
            images.Return(set);
        }

        Assert.Equal(8 * ImagePool.BlockBytes, images.BytesBound);
        Assert.Equal(images.BytesBound, images.BytesUsed);
    }

    [Fact]
    public void Read_SeveralThreadsAndKeys_EqualsReadingAnew()
    {
        ImagePool images = new(8 * ImagePool.BlockBytes);
        LogBench writer = Bench();
        byte[][][] keys = [.. Enumerable.Range(1, 12).Select(key => Growing(writer, (ulong)key).ToArray())];
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
        {
            LogBench bench = Bench();
            Random random = new(thread);
            for (int round = 0; round < 4000; round++)
            {
                byte[] blob = keys[random.Next(keys.Length)][random.Next(50)];
                long time = Now + random.Next(60 * 97_000);
                Assert.Equal(bench.ReadWith(null, blob, time), bench.ReadWith(images, blob, time));
            }
        });
    }

    [Fact]
    public void Read_OrderAndRepetitionsAndFoldings_EqualReadingAnew()
    {
        LogBench bench = Bench();
        LogCompactor compactor = new(bench.Codec);
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            byte[] blob = bench.NewBlob();
            long time = Now;
            for (int step = 0; step < 60; step++)
            {
                // Some come late or early, some repeat an id, seldom in order of what is known.
                time += random.Next(200_000);
                long known = time + (random.Next(6) == 0 ? random.Next(-2_000, 60_000) : 0);
                int id = random.Next(8) == 0 ? random.Next(step + 1) : step;
                blob = [.. blob, .. bench.Record(new TestEvent($"{id}", time, known, [random.NextInt64(-9, 9)]))];
                blob = random.Next(25) == 0 ? LogBench.Compact(compactor, blob, out _) : blob;
                for (int read = random.Next(3); read >= 0; read--)
                {
                    _ = bench.Read(blob, time + random.Next(-100_000, 4_000_000));
                }
            }
        }
    }

    [Theory]
    [InlineData(5, 6)]
    [InlineData(6, 5)]
    public void Read_KeyBegunAnew_SeesTheNewContent(long before, long after)
    {
        LogBench bench = Bench();
        byte[] old = bench.Blob(Event("1", Now, before), Event("2", Now + 1, before));
        byte[] begun = bench.Blob(Event("3", Now, after), Event("4", Now + 1, after));
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal([$"{2 * before}"], bench.Read(old, Now + 2 + round).Values);
        }

        Assert.Equal([$"{2 * after}"], bench.Read(begun, Now + 5).Values);
    }

    [Fact]
    public void Read_FlippedBitBehindAnImage_IsDamaged()
    {
        LogBench bench = Bench();
        byte[] blob = bench.Blob(Event("1", Now, 5), Event("2", Now + 1, 6));
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(ReadStatus.Ok, bench.Read(blob, Now + 2).Status);
        }

        for (int place = BlobHeader.Size; place < blob.Length; place++)
        {
            byte[] flipped = [.. blob];
            flipped[place] ^= 4;
            Assert.Equal(ReadStatus.Damaged, bench.Read(flipped, Now + 2).Status);
            Assert.Equal(["11"], bench.Read(blob, Now + 2).Values);
        }
    }

    [Fact]
    public void Read_TimeMovesOverEdges_EqualsReadingAnew()
    {
        LogBench bench = Bench();
        TestEvent[] events = [.. Enumerable.Range(0, 40).Select(
            number => Event($"{number + 1}", Now + (number * 97_000), number))];
        byte[] blob = bench.NewBlob();
        long last = Now + (40 * 97_000);
        foreach (TestEvent one in events)
        {
            // Before, at and behind its time: the bench compares both readers each time.
            blob = [.. blob, .. bench.Record(one)];
            _ = bench.Read(blob, one.Time + 60_000);
            _ = bench.Read(blob, one.Time);
            _ = bench.Read(blob, one.Time + 1);
        }

        for (long time = last; time < last + LogBuilder.Hour; time += 59_000)
        {
            Assert.Equal(ReadStatus.Ok, bench.Read(blob, time).Status);
        }
    }

    private static byte[] BlobOf(ulong check)
    {
        byte[] blob = new byte[BlobHeader.Size];
        BlobHeader.Write(blob, 0, 1, XxHash64.HashToUInt64(BitConverter.GetBytes(check)));
        return blob;
    }

    private static IEnumerable<byte[]> Growing(LogBench bench, ulong key)
    {
        byte[] blob = new byte[BlobHeader.Size];
        BlobHeader.Write(blob, 0, bench.Codec.Schema, XxHash64.HashToUInt64(BitConverter.GetBytes(key)));
        for (int record = 0; record < 50; record++)
        {
            blob = [.. blob, .. bench.Record(Event($"{key}-{record}", Now + (record * 97_000), (long)key + record))];
            yield return blob;
        }
    }

    private static TestEvent Event(string id, long time, long amount) => new(id, time, time, [amount]);

    private static LogBench Bench()
    {
        LogBuilder builder = new LogBuilder { HoldsIds = false, LateMs = 600_000 }
            .Column("amount", new FieldType(ValueKind.Int));
        builder.Read(WindowFunction.Sum, LogBuilder.Last(LogBuilder.Hour), 0);
        return new LogBench(builder.Build());
    }
}
