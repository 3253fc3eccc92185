using Serving.State.Redis;
using StackExchange.Redis;

namespace Serving.State.Tests.Redis;

/// <summary>What an exchange answers, against a dictionary.</summary>
public sealed class RedisWindowStoreTests
{
    [Fact]
    public async Task ExchangeAsync_RandomBatches_AnswerAsADictionary()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        Random random = new(1);
        Dictionary<StateKey, byte[]> model = [];
        StateBatch batch = new();
        for (int round = 0; round < 200; round++)
        {
            batch.Clear();
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                byte[] record = random.Next(4) == 0 ? [] : new byte[random.Next(1, 60)];
                random.NextBytes(record);
                batch.Add(RedisFixture.Key(random.Next(8)), RedisFixture.Schema, random.Next(2) * 3_600_000, record);
            }

            await store.ExchangeAsync(batch, CancellationToken.None);
            for (int i = 0; i < batch.Count; i++)
            {
                CheckOne(batch, i, model);
            }
        }

        Assert.Equal(0, store.Status.Lost);
        Assert.Equal(0, store.Status.Waiting);
    }

    [Fact]
    public async Task ExchangeAsync_Lifetime_IsRenewedByTheAppendAlone()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        StateBatch batch = new();
        batch.Add(RedisFixture.Key(1), RedisFixture.Schema, 50_001, RedisFixture.Record(1, 1));
        batch.Add(RedisFixture.Key(2), RedisFixture.Schema, 0, RedisFixture.Record(1, 1));
        batch.Add(RedisFixture.Key(3), RedisFixture.Schema, 50_001, []);
        await store.ExchangeAsync(batch, CancellationToken.None);
        IDatabase database = raw.GetDatabase();
        TimeSpan? left = await database.KeyTimeToLiveAsync(RedisFixture.RawKey(RedisFixture.Key(1)));
        Assert.InRange(left!.Value.TotalMilliseconds, 1, 50_001);
        Assert.Null(await database.KeyTimeToLiveAsync(RedisFixture.RawKey(RedisFixture.Key(2))));
        Assert.False(await database.KeyExistsAsync(RedisFixture.RawKey(RedisFixture.Key(3))));
    }

    [Fact]
    public async Task ExchangeAsync_ManyAccesses_GoInSeveralTransactionsInOrder()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        StateBatch batch = new();
        for (int i = 0; i < 300; i++)
        {
            batch.Add(RedisFixture.Key(i % 100), RedisFixture.Schema, 0, RedisFixture.Record(i % 100, i / 100));
        }

        await store.ExchangeAsync(batch, CancellationToken.None);
        for (int i = 0; i < 300; i++)
        {
            Assert.Equal(StateOutcome.Read, batch.Accesses[i].Outcome);
            Assert.Equal(i / 100, RedisFixture.Records(batch.StateOf(i)).Count);
        }
    }

    [Fact]
    public async Task ExchangeAsync_HotKey_IsReadAndAppendedOnce()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        await RedisFixture.Append(store, RedisFixture.Key(1), RedisFixture.Record(9, 9));
        await raw.GetServers()[0].ExecuteAsync("CONFIG", "RESETSTAT");
        StateBatch batch = new();
        for (int i = 0; i < 50; i++)
        {
            batch.Add(RedisFixture.Key(1), RedisFixture.Schema, 1000, i % 5 == 0 ? [] : RedisFixture.Record(1, i));
            batch.Add(RedisFixture.Key(2), RedisFixture.Schema, 1000, RedisFixture.Record(2, i));
        }

        await store.ExchangeAsync(batch, CancellationToken.None);

        string statistics = (string)(await raw.GetServers()[0].ExecuteAsync("INFO", "commandstats"))!;
        Assert.Contains("cmdstat_append:calls=2,", statistics, StringComparison.Ordinal);
        for (int i = 0; i < batch.Count; i++)
        {
            StateAccess access = batch.Accesses[i];
            int first = i % 2 == 0 ? 1 : 0;
            int before = (i % 2 == 0 ? (i / 2) - (((i / 2) + 4) / 5) : i / 2) + first;
            Assert.Equal(StateOutcome.Read, access.Outcome);
            Assert.Equal(before, RedisFixture.Records(batch.StateOf(i)).Count);
            int written = BlobHeader.Size + (before * RedisFixture.RecordSize) + access.RecordLength;
            Assert.Equal(written, access.After);
        }
    }

    [Fact]
    public async Task ExchangeAsync_EntityBeyondItsBound_IsTooManyForItAloneUntilItIsFolded()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisWindowStore.ConnectAsync(
            RedisFixture.Options(server.Endpoint) with { TailBytesMax = 100 });
        for (int number = 0; number < 6; number++)
        {
            Assert.Equal(
                StateOutcome.Read,
                await RedisFixture.Append(store, RedisFixture.Key(1), RedisFixture.Record(1, number)));
        }

        StateBatch refused = RedisFixture.Batch((RedisFixture.Key(1), RedisFixture.Record(1, 6)));
        await store.ExchangeAsync(refused, CancellationToken.None);
        int length = BlobHeader.Size + (6 * RedisFixture.RecordSize);
        Assert.Equal(
            (StateOutcome.TooMany, length, length),
            (refused.Accesses[0].Outcome, refused.Accesses[0].StateLength, refused.Accesses[0].After));
        Assert.Equal(length, (await store.ReadAsync(RedisFixture.Key(1), CancellationToken.None)).Length);
        Assert.Equal(
            StateOutcome.Read, await RedisFixture.Append(store, RedisFixture.Key(2), RedisFixture.Record(1, 0)));
        Assert.Equal(1, store.Status.TooMany);

        store.Use(new CountingCompactor());
        Assert.Equal(
            StateOutcome.TooMany, await RedisFixture.Append(store, RedisFixture.Key(1), RedisFixture.Record(1, 7)));
        await RedisFixture.Comes(() => store.Status.Compacted > 0);
        Assert.Equal(
            StateOutcome.Read, await RedisFixture.Append(store, RedisFixture.Key(1), RedisFixture.Record(1, 8)));
        byte[] blob = await store.ReadAsync(RedisFixture.Key(1), CancellationToken.None);
        Assert.Equal([(CountingCompactor.Folded, 6), (1, 8)], RedisFixture.Records(blob));
        Assert.Equal((0, 0), (store.Status.Waiting, store.Status.Lost));
    }

    [Fact]
    public async Task ExchangeAsync_Durable_IsReadOnlyWhereRedisAnswered()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        StateBatch batch = RedisFixture.Batch((RedisFixture.Key(1), RedisFixture.Record(1, 1)));
        batch.MustBeDurable = true;
        await store.ExchangeAsync(batch, CancellationToken.None);
        Assert.Equal(StateOutcome.Read, batch.Accesses[0].Outcome);
        server.Kill();
        batch = RedisFixture.Batch((RedisFixture.Key(1), RedisFixture.Record(1, 2)));
        batch.MustBeDurable = true;
        await store.ExchangeAsync(batch, CancellationToken.None);
        Assert.Equal(StateOutcome.Unavailable, batch.Accesses[0].Outcome);
        Assert.Equal((0, 0, 0), (store.Status.Queued, store.Status.Lost, store.Status.Waiting));
        server.Restart();
        bool isBack = await RedisFixture.Becomes(
            async () => await RedisFixture.Append(store, RedisFixture.Key(1), []) == StateOutcome.Read,
            RedisFixture.Long);
        Assert.True(isBack);
        byte[] blob = await store.ReadAsync(RedisFixture.Key(1), CancellationToken.None);
        Assert.Equal([(1, 1)], RedisFixture.Records(blob));
    }

    private static void CheckOne(StateBatch batch, int place, Dictionary<StateKey, byte[]> model)
    {
        StateAccess access = batch.Accesses[place];
        byte[] before = model.GetValueOrDefault(access.Key, []);
        Assert.Equal(StateOutcome.Read, access.Outcome);
        Assert.Equal(before, batch.StateOf(place));
        Assert.Equal(0u, access.Epoch);
        if (access.RecordLength > 0)
        {
            byte[] header = new byte[BlobHeader.Size];
            BlobHeader.Write(header, 0, RedisFixture.Schema, access.Key.Check);
            before = [.. before.Length == 0 ? header : before, .. batch.RecordOf(place)];
            model[access.Key] = before;
        }

        Assert.Equal(before.Length, access.After);
    }
}
