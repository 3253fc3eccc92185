using Microsoft.Extensions.Time.Testing;
using Serving.State.Embedded;
using static Serving.State.Tests.Embedded.StateFixture;

namespace Serving.State.Tests.Embedded;

public sealed class EmbeddedWindowStoreTests
{
    [Fact]
    public async Task Exchange_TwoAccessesToOneKey_SeeEachOther()
    {
        await using EmbeddedWindowStore store = EmbeddedWindowStore.OpenMemory(Options);
        StateBatch batch = new();
        _ = batch.Add(KeyOf(1), Schema, 0, new byte[] { 1, 2, 3 });
        _ = batch.Add(KeyOf(1), Schema, 0, new byte[] { 4, 5 });
        _ = batch.Add(KeyOf(1), Schema, 0, default);
        await store.ExchangeAsync(batch, CancellationToken.None);
        Assert.Equal(0, batch.Accesses[0].StateLength);
        Assert.Equal(BlobHeader.Size + 3, batch.Accesses[0].After);
        Assert.Equal(BlobHeader.Size + 3, batch.Accesses[1].StateLength);
        Assert.Equal(BlobHeader.Size + 5, batch.Accesses[1].After);
        Assert.Equal(BlobHeader.Size + 5, batch.Accesses[2].After);
        Assert.Equal(new byte[] { 1, 2, 3, 4, 5 }, batch.StateOf(2)[BlobHeader.Size..]);
        Assert.True(BlobHeader.Fits(batch.StateOf(2), Schema, KeyOf(1).Check));
    }

    // Also where the keys are the first that a shard has, and grow through size classes that it had no blob of. In
    // memory: with a folder the log's buffer grows as long as its disk lags behind.
    [Fact]
    public async Task Exchange_NewAndGrowingKeys_AllocatesNothing()
    {
        await using EmbeddedWindowStore store = EmbeddedWindowStore.OpenMemory(Options with { Shards = 1 });
        StateBatch batch = new();
        Assert.Equal(0, AllocatedBy(store, batch, firstKey: 0, rounds: 200));
        Assert.Equal(0, AllocatedBy(store, batch, firstKey: 3, rounds: 150));
    }

    [Fact]
    public async Task Exchange_OtherCheckOrSchema_IsDamagedAndKeepsTheBlob()
    {
        await using EmbeddedWindowStore store = EmbeddedWindowStore.OpenMemory(Options);
        _ = await ExchangeAsync(store, 1, [1, 2]);
        StateBatch batch = new();
        StateKey foreign = KeyOf(1) with { Check = 1 };
        _ = batch.Add(foreign, Schema, 0, new byte[] { 9 });
        _ = batch.Add(KeyOf(1), Schema + 1, 0, new byte[] { 9 });
        await store.ExchangeAsync(batch, CancellationToken.None);
        Assert.Equal(StateOutcome.Damaged, batch.Accesses[0].Outcome);
        Assert.Equal(StateOutcome.Damaged, batch.Accesses[1].Outcome);
        Assert.Equal(0, batch.Accesses[1].StateLength);
        Assert.Equal(2, store.Status.BlobsDamaged);
        Assert.Equal(BlobHeader.Size + 2, (await store.ReadAsync(KeyOf(1), default)).Length);
    }

    [Fact]
    public async Task Exchange_EntityBeyondItsBound_IsTooManyForItAlone()
    {
        await using EmbeddedWindowStore store =
            EmbeddedWindowStore.OpenMemory(Options with { TailBytesMax = 100 });
        byte[] record = new byte[30];
        Assert.Equal(StateOutcome.Read, await OutcomeAsync(store, 1, record));
        Assert.Equal(StateOutcome.Read, await OutcomeAsync(store, 1, record));
        Assert.Equal(StateOutcome.Read, await OutcomeAsync(store, 1, record));
        StateBatch refused = await ExchangeAsync(store, 1, record);
        Assert.Equal(StateOutcome.TooMany, refused.Accesses[0].Outcome);
        Assert.Equal(BlobHeader.Size + 90, refused.Accesses[0].StateLength);
        Assert.Equal(BlobHeader.Size + 90, refused.Accesses[0].After);
        Assert.Equal(StateOutcome.Read, await OutcomeAsync(store, 2, record));
        Assert.Equal(1, store.Status.AppendsTooMany);
    }

    [Fact]
    public async Task Exchange_BehindTheLifetime_ReadsAnAbsentKey()
    {
        FakeTimeProvider time = new(DateTimeOffset.UnixEpoch.AddYears(50));
        await using EmbeddedWindowStore store = EmbeddedWindowStore.OpenMemory(Options with { Time = time });
        _ = await ExchangeAsync(store, 1, [1], lifetimeMs: 10_000);
        _ = await ExchangeAsync(store, 2, [1], lifetimeMs: 10_000);
        _ = await ExchangeAsync(store, 3, [1], lifetimeMs: 0);
        time.Advance(TimeSpan.FromSeconds(9));
        StateBatch again = await ExchangeAsync(store, 1, [2], lifetimeMs: 10_000);
        Assert.Equal(BlobHeader.Size + 1, again.Accesses[0].StateLength);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(await store.ReadAsync(KeyOf(2), default));
        Assert.Equal(0, (await ExchangeAsync(store, 2, [7], lifetimeMs: 10_000)).Accesses[0].StateLength);
        Assert.Equal(BlobHeader.Size + 2, (await store.ReadAsync(KeyOf(1), default)).Length);
        time.Advance(TimeSpan.FromSeconds(60));
        store.Sweep();
        Assert.Equal(1, store.Status.Blobs);
        Assert.Equal(3, store.Status.Expired);
        Assert.Equal(BlobHeader.Size + 1, (await store.ReadAsync(KeyOf(3), default)).Length);
    }

    [Fact]
    public async Task RequestCompaction_BlobOfManyRecords_IsFoldedAndTold()
    {
        await using EmbeddedWindowStore store = EmbeddedWindowStore.OpenMemory(Options);
        FoldListener listener = new();
        store.CompactionListener = listener;
        store.Use(new MergingCompactor(Schema));
        for (int i = 0; i < 10; i++)
        {
            _ = await ExchangeAsync(store, 1, MergingCompactor.Record(i));
        }

        byte[] before = await store.ReadAsync(KeyOf(1), default);
        store.RequestCompaction(KeyOf(1), Schema);
        (StateKey key, uint epoch, int records) = await listener.First.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((KeyOf(1), 1u, 8), (key, epoch, records));
        StateBatch after = await ExchangeAsync(store, 1, []);
        Assert.Equal(1u, after.Accesses[0].Epoch);
        Assert.Equal(MergingCompactor.MeaningOf(before), MergingCompactor.MeaningOf(after.StateOf(0)));
    }

    [Fact]
    public async Task Exchange_ThreadsOnFewKeys_KeepsEveryAppendOnceInOrder()
    {
        const int Threads = 4;
        const int Rounds = 3000;
        await using EmbeddedWindowStore store =
            EmbeddedWindowStore.OpenMemory(Options with { TailBytesMax = 1 << 20 });
        await Task.WhenAll(
            Enumerable.Range(0, Threads).Select(thread => Task.Run(() => HammerAsync(store, thread, Rounds))));
        for (int key = 0; key < 2; key++)
        {
            int[] next = new int[Threads];
            byte[] blob = await store.ReadAsync(KeyOf(key), default);
            Assert.Equal(BlobHeader.Size + (Threads * Rounds * 5), blob.Length);
            for (int at = BlobHeader.Size; at < blob.Length; at += 5)
            {
                int thread = blob[at];
                Assert.Equal(next[thread]++, BitConverter.ToInt32(blob, at + 1));
            }
        }
    }

    [Fact]
    public async Task Prepend_TwiceAndBehindEvents_PutsTheHistoryInFrontOnce()
    {
        await using EmbeddedWindowStore store = EmbeddedWindowStore.OpenMemory(Options);
        byte[] history = [.. new byte[BlobHeader.Size], 1, 2, 3];
        BlobHeader.Write(history, 0, Schema, KeyOf(1).Check);
        await store.PrependAsync(KeyOf(1), history, 0, default);
        _ = await ExchangeAsync(store, 2, [8, 9]);
        BlobHeader.Write(history, 0, Schema, KeyOf(2).Check);
        await store.PrependAsync(KeyOf(2), history, 0, default);
        await store.PrependAsync(KeyOf(2), history, 0, default);
        byte[] blob = await store.ReadAsync(KeyOf(2), default);
        Assert.Equal(new byte[] { 1, 2, 3, 8, 9 }, blob[BlobHeader.Size..]);
        Assert.True(BlobHeader.Fits(blob, Schema, KeyOf(2).Check));
        Assert.Equal(1u, BlobHeader.EpochOf(blob));
        BlobHeader.Write(history, 0, Schema + 1, KeyOf(2).Check);
        await Assert.ThrowsAsync<Data.InputException>(
            async () => await store.PrependAsync(KeyOf(2), history, 0, default));
    }

    [Fact]
    public async Task Dispose_LateAccess_IsUnavailable()
    {
        EmbeddedWindowStore store = EmbeddedWindowStore.OpenMemory(Options);
        await store.DisposeAsync();
        Assert.Equal(StateOutcome.Unavailable, await OutcomeAsync(store, 1, [1]));
        store.RequestCompaction(KeyOf(1), Schema);
        Assert.Empty(await store.ReadAsync(KeyOf(1), default));
    }

    private static long AllocatedBy(EmbeddedWindowStore store, StateBatch batch, int firstKey, int rounds)
    {
        byte[] record = MergingCompactor.Record(20);
        StateKey[] keys = [KeyOf(firstKey), KeyOf(firstKey + 1), KeyOf(firstKey + 2)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < rounds; round++)
        {
            batch.Clear();
            foreach (StateKey key in keys)
            {
                _ = batch.Add(key, Schema, 1000_000, record);
            }

            ValueTask exchange = store.ExchangeAsync(batch, CancellationToken.None);
            if (!exchange.IsCompletedSuccessfully)
            {
                Assert.Fail("an exchange waited");
            }
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // Every read is a prefix of what the next one of the same key reads.
    private static async Task HammerAsync(EmbeddedWindowStore store, int thread, int rounds)
    {
        StateBatch batch = new();
        byte[] record = new byte[5];
        byte[][] seen = [[], []];
        for (int i = 0; i < rounds; i++)
        {
            record[0] = (byte)thread;
            BitConverter.TryWriteBytes(record.AsSpan(1), i);
            batch.Clear();
            _ = batch.Add(KeyOf(0), Schema, 0, record);
            _ = batch.Add(KeyOf(1), Schema, 0, record);
            await store.ExchangeAsync(batch, CancellationToken.None);
            for (int key = 0; key < 2; key++)
            {
                Assert.True(batch.StateOf(key).StartsWith(seen[key]));
                seen[key] = i % 100 == 0 ? batch.StateOf(key).ToArray() : seen[key];
            }
        }
    }
}
