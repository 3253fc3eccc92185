using System.IO.Hashing;
using Serving.Data;
using Serving.Data.Windows;
using Serving.State.Embedded;
using Serving.State.Windows;

namespace Serving.State.Tests.Windows;

public sealed class AllocationTests
{
    private const long Start = 1_700_000_000_000;
    private const int Records = 60;

    // A collection, which other tests may cause, counts what is left of the thread's 8 KiB as allocated by it.
    private const int CollectionsMax = 2;

    [Fact]
    public void ReadAndWrite_AfterWarmUp_AllocateNothing()
    {
        // The calls that a card has, then any: variances alone may need more than 128 bits.
        Measure(new LogBench(Card()), seed: 3);
        for (int seed = 0; seed < 20; seed++)
        {
            RandomCase random = new(seed);
            if (!random.Log.Readings.Any(reading => reading.Function == WindowFunction.Variance))
            {
                Measure(new LogBench(random.Log, [new EqualNumber(1)]), seed);
            }
        }
    }

    [Fact]
    public void Read_BlobsThatGrowAndKeysThatAreNew_AllocateNothing()
    {
        LogBench bench = new(Card());
        RowBatch requests = new(LogBench.RequestSchema);
        requests.AddRow();
        RowBatch values = new(LogBuilder.ValuesOf(bench.Log));
        values.AddRow();
        byte[][][] keys = [.. Enumerable.Range(0, 40).Select(key => Growing(bench, key).ToArray())];
        long[] allocated = new long[keys.Length * Records];
        int reads = 0;
        foreach (byte[] blob in keys.SelectMany(key => key))
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            bench.Keeping.Read(blob, requests, 0, Start + LogBuilder.Day, values, 0, bench.Images);
            allocated[reads++] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // The first key warms up; all others and all their lengths are new.
        Assert.InRange(allocated.Skip(Records).Count(bytes => bytes > 0), 0, CollectionsMax);
        Assert.Equal(bench.Images.BytesBound, bench.Images.BytesUsed);
    }

    // All that windows cost a request on the embedded store: three entities, an exchange that appends, three reads.
    [Fact]
    public async Task ExchangeAndRead_RoundsThatAppend_AllocateNothing()
    {
        await using EmbeddedWindowStore store =
            EmbeddedWindowStore.OpenMemory(new EmbeddedOptions { Time = TimeProvider.System });
        LogBench bench = new(Card());
        RowBatch requests = new(LogBench.RequestSchema);
        requests.AddRow();
        RowBatch values = new(LogBuilder.ValuesOf(bench.Log));
        values.AddRow();
        StateBatch batch = new();
        StateKey[] entities = [.. Enumerable.Range(0, 300)
            .Select(key => XxHash64.HashToUInt64(BitConverter.GetBytes(key)))
            .Select(digest => new StateKey(7, digest, ~digest))];
        byte[][] records = [.. Enumerable.Range(0, 80).Select(record => bench.Record(
            new TestEvent($"{record}", Start + (record * 60_000), Start + (record * 60_000), [(long)record])))];
        int allocating = 0;
        for (int round = 0; round < records.Length; round++)
        {
            for (int request = 0; request < 100; request++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                batch.Clear();
                for (int key = request * 3; key < (request * 3) + 3; key++)
                {
                    _ = batch.Add(entities[key], bench.Codec.Schema, bench.Codec.LifetimeMs, records[round]);
                }

                ValueTask exchange = store.ExchangeAsync(batch, CancellationToken.None);
                if (!exchange.IsCompletedSuccessfully)
                {
                    Assert.Fail("an exchange waited");
                }

                for (int access = 0; access < batch.Count; access++)
                {
                    bench.Keeping.Read(
                        batch.StateOf(access), requests, 0, Start + (round * 60_000L), values, 0, batch.Images);
                }

                // What batch and reader hold grows up to here; blobs grow through further sizes behind it.
                bool isWarm = round >= 60;
                allocating += isWarm && GC.GetAllocatedBytesForCurrentThread() > before ? 1 : 0;
            }
        }

        Assert.InRange(allocating, 0, CollectionsMax);

        // Few keys meet in one set, where they may keep each other out.
        Assert.InRange(store.Status.ImageBytes / ImagePool.BlockBytes, 290, 300);
    }

    private static IEnumerable<byte[]> Growing(LogBench bench, int key)
    {
        byte[] blob = new byte[BlobHeader.Size];
        BlobHeader.Write(blob, 0, bench.Codec.Schema, XxHash64.HashToUInt64(BitConverter.GetBytes(key)));
        for (int record = 0; record < Records; record++)
        {
            long time = Start + (record * 60_000);
            blob = [.. blob, .. bench.Record(new TestEvent($"{key}-{record}", time, time, [(long)record]))];
            yield return blob;
        }
    }

    private static void Measure(LogBench bench, int seed)
    {
        RandomCase random = new(seed);
        TestEvent[] events = [.. Enumerable.Range(0, 40).Select(_ => random.Next())];
        if (bench.Log.Columns.Length == 1)
        {
            events = [.. events.Select(one => one with { Columns = [(long)one.Id.Length] })];
        }

        long time = events.Max(one => one.Known);
        byte[] blob = bench.Blob(events);
        byte[] folded = LogBench.Compact(new LogCompactor(bench.Codec), blob, out _);
        RowBatch requests = new(LogBench.RequestSchema);
        requests.AddRow();
        RowBatch values = new(LogBuilder.ValuesOf(bench.Log));
        long before = 0;
        for (int round = 0; round < 4; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            values.Clear();
            values.AddRow();
            bench.Reader.Read(blob, requests, 0, time + round, values, 0);
            bench.Reader.Read(folded, requests, 0, time + round, values, 0);
            bench.Keeping.Read(blob, requests, 0, time + round, values, 0, bench.Images);
            bench.Keeping.Read(folded, requests, 0, time + round, values, 0, bench.Images);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static KeyedLog Card()
    {
        LogBuilder builder = new LogBuilder { HoldsIds = false, LateMs = 600_000 }
            .Column("amount", new FieldType(ValueKind.Decimal, Scale: 2));
        foreach (long span in new[] { LogBuilder.Hour, LogBuilder.Day, 7 * LogBuilder.Day })
        {
            builder.Read(WindowFunction.Count, LogBuilder.Last(span));
            builder.Read(WindowFunction.Sum, LogBuilder.Last(span), 0);
            builder.Read(WindowFunction.Max, LogBuilder.Last(span), 0);
        }

        return builder.Build();
    }
}
