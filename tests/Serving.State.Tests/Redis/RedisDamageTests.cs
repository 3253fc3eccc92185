using Serving.State.Redis;
using StackExchange.Redis;

namespace Serving.State.Tests.Redis;

/// <summary>Damaged blobs are flagged, put aside, and replaced; the record of the access is not lost.</summary>
public sealed class RedisDamageTests
{
    private static readonly StateKey s_key = RedisFixture.Key(1);

    public static TheoryData<string> Damages =>
        ["list", "cut", "foreign key", "foreign log", "zeros", "too long", "text"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task ExchangeAsync_DamagedBlob_IsPutAsideAndTheRecordKept(string damage)
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        IDatabase database = raw.GetDatabase();
        await Damage(database, damage);
        Assert.Equal(StateOutcome.Damaged, await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 1)));
        byte[] found = [];
        Assert.True(await RedisFixture.Becomes(
            async () => BlobHeader.Fits(found = await Read(store), RedisFixture.Schema, s_key.Check)
                && found.Length is > BlobHeader.Size and < BlobHeader.BlobBytesMax,
            TimeSpan.FromSeconds(5)));
        Assert.Equal([(1, 1)], RedisFixture.Records(found));
        await store.FlushAsync(CancellationToken.None);
        Assert.Equal(StateOutcome.Read, await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 2)));
        RedisKey copy = new RedisKeys("q:f:").Of(s_key);
        Assert.True(await database.KeyExistsAsync(copy));
        Assert.NotNull(await database.KeyTimeToLiveAsync(copy));
        Assert.Equal((1, 1), (store.Status.Damaged, store.Status.Quarantined));
        Assert.Equal((0, 0), (store.Status.Lost, store.Status.Waiting));
    }

    // Case 105: the blob is good, the answer was another key's.
    [Fact]
    public async Task ExchangeAsync_AnswerOfAnotherKey_DropsTheLinkAndKeepsTheBlob()
    {
        using RedisServer server = RedisServer.Start();
        await using MixingRelay relay = new(server.Endpoint);
        await using RedisWindowStore store = await RedisWindowStore.ConnectAsync(
            RedisFixture.Options(relay.Endpoint));
        Assert.Equal(StateOutcome.Read, await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 1)));
        int links = relay.Links;
        relay.Arm(Blob(1, RedisFixture.Schema, s_key.Check), Blob(1, RedisFixture.Schema, s_key.Check + 1));

        Assert.Equal(StateOutcome.Damaged, await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 2)));

        await RedisFixture.Comes(() => store.Status is { MixedUp: 1, Waiting: 0 } && relay.Links > links);
        Assert.True(await RedisFixture.Becomes(
            async () => await RedisFixture.Append(store, s_key, []) == StateOutcome.Read, RedisFixture.Long));
        Assert.Equal([(1, 1), (1, 2)], RedisFixture.Records(await Read(store)).Distinct());
        Assert.Equal((1, 0, 0), (store.Status.Damaged, store.Status.Quarantined, store.Status.Lost));
    }

    [Fact]
    public async Task ExchangeAsync_NewerFormat_StaysWhereItIs()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        byte[] newer = Blob(2, RedisFixture.Schema, s_key.Check);
        await raw.GetDatabase().StringSetAsync(RedisFixture.RawKey(s_key), newer);
        Assert.Equal(StateOutcome.Damaged, await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 1)));
        await RedisFixture.Comes(() => store.Status.Quarantined == 1);
        byte[] expected = [.. newer, .. RedisFixture.Record(1, 1)];
        Assert.Equal(expected, await Read(store));
        Assert.Equal(0, store.Status.Waiting);
    }

    [Fact]
    public async Task ExchangeAsync_ManyOnADamagedBlob_EveryRecordOnce()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        await Damage(raw.GetDatabase(), "cut");
        await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => RedisFixture.Append(store, s_key, RedisFixture.Record(1, i))));
        await RedisFixture.Comes(() => store.Status.Waiting == 0);
        List<(int, int)> records = RedisFixture.Records(await Read(store));
        Assert.Equal(Enumerable.Range(0, 20), records.Select(record => record.Item2).Distinct().Order());
    }

    [Fact]
    public async Task ExchangeAsync_QuarantineIsFull_NothingIsRemoved()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisWindowStore.ConnectAsync(
            RedisFixture.Options(server.Endpoint) with { QuarantineMax = 0 });
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        await Damage(raw.GetDatabase(), "list");
        Assert.Equal(StateOutcome.Damaged, await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 1)));
        await RedisFixture.Comes(() => store.Status.Lost == 1);
        Assert.Equal(RedisType.List, await raw.GetDatabase().KeyTypeAsync(RedisFixture.RawKey(s_key)));
        Assert.Equal(0, store.Status.Waiting);
    }

    private static async Task Damage(IDatabase database, string damage)
    {
        RedisKey key = RedisFixture.RawKey(s_key);
        if (damage == "list")
        {
            await database.ListLeftPushAsync(key, "x");
            return;
        }

        byte[] blob = damage switch
        {
            "cut" => Blob(1, RedisFixture.Schema, s_key.Check)[..7],
            "foreign key" => Blob(1, RedisFixture.Schema, s_key.Check + 1),
            "foreign log" => Blob(1, RedisFixture.Schema + 1, s_key.Check),
            "zeros" => new byte[100],
            "too long" => [.. Blob(1, RedisFixture.Schema, s_key.Check), .. new byte[BlobHeader.BlobBytesMax]],
            _ => "hello, this is no blob of ours at all"u8.ToArray(),
        };
        await database.StringSetAsync(key, blob);
    }

    private static byte[] Blob(byte version, ulong schema, ulong check)
    {
        byte[] blob = new byte[BlobHeader.Size];
        BlobHeader.Write(blob, 0, schema, check);
        blob[0] = version;
        return blob;
    }

    private static async Task<byte[]> Read(RedisWindowStore store)
    {
        try
        {
            return await store.ReadAsync(s_key, CancellationToken.None);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
