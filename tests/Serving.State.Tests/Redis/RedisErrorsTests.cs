using Serving.State.Redis;
using Serving.Testing;
using StackExchange.Redis;

namespace Serving.State.Tests.Redis;

/// <summary>Errors that a real server answers: flagged, counted by code, and the events kept.</summary>
public sealed class RedisErrorsTests
{
    private static readonly StateKey s_key = RedisFixture.Key(1);

    [Fact]
    public async Task ExchangeAsync_ServerOutOfMemory_IsQueuedUntilThereIsRoom()
    {
        using RedisServer server = RedisServer.Start("--maxmemory", "1", "--maxmemory-policy", "noeviction");
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        Assert.Equal(StateOutcome.Unavailable, await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 1)));
        Assert.Contains("OOM", store.Status.ErrorsByCode().Keys);
        Assert.Equal((1, true), (store.Status.Waiting, store.Status.IsClosed));
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        await raw.GetServers()[0].ConfigSetAsync("maxmemory", "0");
        await store.FlushAsync(CancellationToken.None);
        Assert.Equal([(1, 1)], RedisFixture.Records(await store.ReadAsync(s_key, CancellationToken.None)));
        Assert.Equal((1, 0), (store.Status.Drained, store.Status.Lost));
    }

    [Fact]
    public async Task ExchangeAsync_RightsTaken_IsQueuedUntilTheyAreBack()
    {
        using RedisServer server = RedisServer.Start();
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        IServer admin = raw.GetServers()[0];
        await admin.ExecuteAsync("ACL", "SETUSER", "serving", "on", ">secret", "~*", "+@all");
        await using RedisWindowStore store = await RedisWindowStore.ConnectAsync(
            RedisFixture.Options(server.Endpoint) with { User = "serving", Password = "secret" });
        Assert.Equal(StateOutcome.Read, await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 1)));
        await admin.ExecuteAsync("ACL", "SETUSER", "serving", "-@write");
        Assert.Equal(StateOutcome.Unavailable, await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 2)));
        Assert.Contains("NOPERM", store.Status.ErrorsByCode().Keys);
        await admin.ExecuteAsync("ACL", "SETUSER", "serving", "+@write");
        await store.FlushAsync(CancellationToken.None);
        Assert.Equal([(1, 1), (1, 2)], RedisFixture.Records(await store.ReadAsync(s_key, CancellationToken.None)));
    }

    [Fact]
    public async Task ExchangeAsync_ServerBecomesAReplica_IsQueued()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        await raw.GetServers()[0].ExecuteAsync("REPLICAOF", "127.0.0.1", "1");
        Assert.NotEqual(StateOutcome.Read, await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 1)));
        await raw.GetServers()[0].ExecuteAsync("REPLICAOF", "NO", "ONE");
        await store.FlushAsync(CancellationToken.None);
        Assert.Equal([(1, 1)], RedisFixture.Records(await store.ReadAsync(s_key, CancellationToken.None)));
        Assert.NotEmpty(store.Status.ErrorsByCode());
    }

    // The rights that docs/state-redis.md asks for are enough.
    [Fact]
    public async Task ExchangeAsync_DocumentedRights_AreEnough()
    {
        using RedisServer server = RedisServer.Start();
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        await raw.GetServers()[0].ExecuteAsync(
            "ACL", [.. "SETUSER serving on >secret".Split(' '), .. DocumentedRights().Split(' ')]);
        await using RedisWindowStore store = await RedisWindowStore.ConnectAsync(
            RedisFixture.Options(server.Endpoint) with { User = "serving", Password = "secret" });
        Assert.Equal("", (await server.Cli("ACL", "LOG")).Trim());
        store.Use(new CountingCompactor());
        await raw.GetDatabase().ListLeftPushAsync(RedisFixture.RawKey(RedisFixture.Key(2)), "damaged");
        for (int i = 0; i < 5; i++)
        {
            StateBatch batch = new();
            batch.Add(s_key, RedisFixture.Schema, 10_001 + (i * 999), RedisFixture.Record(1, i));
            await store.ExchangeAsync(batch, CancellationToken.None);
        }

        Assert.Equal("", (await server.Cli("ACL", "LOG")).Trim());
        StateKey damaged = RedisFixture.Key(2);
        Assert.Equal(StateOutcome.Damaged, await RedisFixture.Append(store, damaged, RedisFixture.Record(1, 1)));
        await store.FlushAsync(CancellationToken.None);
        Assert.Equal(1, await store.CompactAsync(null, CancellationToken.None));
        await RedisFixture.Comes(() => store.Status.Quarantined == 1 && store.Status.Waiting == 0);
        Assert.Empty((await store.VerifyAsync(null, CancellationToken.None)).Problems);
        Assert.All(store.Status.ErrorsByCode().Keys, code => Assert.Equal("WRONGTYPE", code));
        Assert.Empty(store.Status.Warnings);
    }

    [Fact]
    public async Task Heartbeat_EmptiedServer_IsLostNotNew()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 1));
        RedisKey mark = new RedisKeys("f:").BirthOf(s_key.Set, 0);
        await RedisFixture.Comes(() => raw.GetDatabase().KeyExists(mark));
        await using RedisWindowStore second = await RedisFixture.Connect(server);
        await RedisFixture.Append(second, s_key, RedisFixture.Record(1, 2));
        long beats = store.Status.Heartbeats;
        long secondBeats = second.Status.Heartbeats;
        await RedisFixture.Comes(
            () => store.Status.Heartbeats > beats + 1 && second.Status.Heartbeats > secondBeats + 1, seconds: 20);
        Assert.Equal((0, 0), (store.Status.StateLost, second.Status.StateLost));
        await raw.GetServers()[0].FlushAllDatabasesAsync();
        await RedisFixture.Comes(() => store.Status.StateLost == 1 && second.Status.StateLost == 1);
        Assert.True(await raw.GetDatabase().KeyExistsAsync(mark));
    }

    [Fact]
    public async Task ConnectAsync_SettingsThatLoseState_AreWarnedOf()
    {
        using RedisServer server = RedisServer.Start(
            "--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru", "--appendfsync", "everysec");
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        Assert.Collection(
            store.Status.Warnings.Order(StringComparer.Ordinal),
            warning => Assert.Contains("appendfsync everysec", warning, StringComparison.Ordinal),
            warning => Assert.Contains("allkeys-lru", warning, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(RedisErrorKind.OutOfMemory, "OOM")]
    [InlineData(RedisErrorKind.NoPermission, "NOPERM")]
    [InlineData(RedisErrorKind.ClusterDown, "CLUSTERDOWN")]
    [InlineData(RedisErrorKind.Moved, "MOVED")]
    [InlineData(RedisErrorKind.UnknownError, "ERR")]
    public void CodeOf_Kind_IsRedissOwnCode(RedisErrorKind kind, string code) =>
        Assert.Equal(code, RedisErrors.CodeOf(kind));

    private static string DocumentedRights()
    {
        string[] lines = File.ReadAllLines(Path.Combine(SharedFiles.Repository, "docs", "state-redis.md"));
        string line = Assert.Single(lines, one => one.StartsWith("ACL SETUSER serving ", StringComparison.Ordinal));
        return line["ACL SETUSER serving on >PASSWORD ".Length..];
    }
}
