using Serving.State.Redis;
using StackExchange.Redis;

namespace Serving.State.Tests.Redis;

/// <summary>What the <c>state</c> commands do with a real server.</summary>
public sealed class RedisMaintenanceTests
{
    [Fact]
    public async Task VerifyAsync_DamagedBlobs_AreNamed()
    {
        using RedisServer server = RedisServer.Start();
        RedisStoreOptions options = RedisFixture.Options(server.Endpoint) with
        {
            CheckContent = static (_, blob) =>
                RedisFixture.Records(blob.Span).Exists(one => one.Writer == 9) ? "a nine" : null,
        };
        await using RedisWindowStore store = await RedisWindowStore.ConnectAsync(options);
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        for (int i = 0; i < 600; i++)
        {
            await RedisFixture.Append(store, RedisFixture.Key(i), RedisFixture.Record(i == 5 ? 9 : 1, 1));
        }

        IDatabase database = raw.GetDatabase();
        await database.StringSetAsync(RedisFixture.RawKey(RedisFixture.Key(1)), "cut");
        await database.KeyDeleteAsync(RedisFixture.RawKey(RedisFixture.Key(2)));
        await database.ListLeftPushAsync(RedisFixture.RawKey(RedisFixture.Key(2)), "x");
        List<double> progress = [];
        StateVerification found = await store.VerifyAsync(new Heard(progress), CancellationToken.None);
        Assert.Equal(600, found.Blobs);
        Assert.Equal([1.0], progress.Where(share => share >= 1));
        Assert.Equal(3, found.Problems.Length);
        foreach ((int key, string problem) in new[] { (1, "found 3 bytes"), (2, "WRONGTYPE"), (5, "a nine") })
        {
            string expected = $"{RedisFixture.Key(key)}: {problem}";
            Assert.Contains(found.Problems, one => one.StartsWith(expected, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Maintenance_RedisThatIsDown_FailsAndTakesNothingForTheWhole()
    {
        // Nobody listens on port 1. A check that saw nothing must not say that all is well.
        await using RedisWindowStore store = await RedisWindowStore.ConnectAsync(RedisFixture.Options("127.0.0.1:1"));
        StateKey key = RedisFixture.Key(3);
        byte[] history = Blob(key, 1, RedisFixture.Schema, RedisFixture.Record(1, 1));
        Assert.False(store.IsReachable);
        await Assert.ThrowsAsync<IOException>(() => store.VerifyAsync(null, CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(() => store.CompactAsync(null, CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(() => store.ReadAsync(key, CancellationToken.None).AsTask());
        await Assert.ThrowsAsync<IOException>(
            () => store.PrependAsync(key, history, 0, CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task PrependAsync_Repeated_IsThereOnceInFront()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        StateKey key = RedisFixture.Key(3);
        byte[] history = Blob(key, 1, RedisFixture.Schema, RedisFixture.Record(1, 1));
        await store.PrependAsync(key, history, 0, CancellationToken.None);
        Assert.Equal(StateOutcome.Read, await RedisFixture.Append(store, key, RedisFixture.Record(1, 2)));
        await store.PrependAsync(key, history, 0, CancellationToken.None);
        byte[] other = Blob(key, 1, RedisFixture.Schema, RedisFixture.Record(1, 9));
        byte[] expected = [.. history, .. RedisFixture.Record(1, 2)];
        Assert.Equal(expected, await store.ReadAsync(key, CancellationToken.None));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => store.PrependAsync(key, other, 0, CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task PrependAsync_LiveEvents_StandBehindTheHistory()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        StateKey key = RedisFixture.Key(3);
        await RedisFixture.Append(store, key, RedisFixture.Record(1, 2));
        byte[] history = Blob(key, 1, RedisFixture.Schema, RedisFixture.Record(1, 1));
        for (int i = 0; i < 2; i++)
        {
            await store.PrependAsync(key, history, 60_000, CancellationToken.None);
        }

        byte[] blob = await store.ReadAsync(key, CancellationToken.None);
        Assert.Equal([(1, 1), (1, 2)], RedisFixture.Records(blob));
        Assert.Equal(1u, BlobHeader.EpochOf(blob));
        Assert.NotNull(await raw.GetDatabase().KeyTimeToLiveAsync(RedisFixture.RawKey(key)));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => store.PrependAsync(key, Blob(key, 1, 99, []), 0, CancellationToken.None).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(
            () => store.PrependAsync(key, history.AsMemory(0, 5), 0, CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task CompactAsync_OnACluster_FoldsWhatIsDueOnEveryNode()
    {
        using RedisCluster cluster = await RedisCluster.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(cluster.Nodes[0]);
        store.Use(new CountingCompactor());
        StateBatch batch = new();
        for (int i = 0; i < 300; i++)
        {
            batch.Add(RedisFixture.Key(i % 40), RedisFixture.Schema, 0, RedisFixture.Record(1, i));
        }

        batch.Add(RedisFixture.Key(100), RedisFixture.Schema, 0, RedisFixture.Record(1, 1));
        await store.ExchangeAsync(batch, CancellationToken.None);
        Assert.Equal(40, await store.CompactAsync(null, CancellationToken.None));
        Assert.Equal(0, await store.CompactAsync(null, CancellationToken.None));
        StateVerification found = await store.VerifyAsync(null, CancellationToken.None);
        Assert.Equal((41, 41L * 40), (found.Blobs, found.Bytes));
        Assert.Empty(found.Problems);
    }

    private static byte[] Blob(in StateKey key, uint epoch, ulong schema, byte[] records)
    {
        byte[] blob = new byte[BlobHeader.Size + records.Length];
        BlobHeader.Write(blob, epoch, schema, key.Check);
        records.CopyTo(blob, BlobHeader.Size);
        return blob;
    }

    private sealed class Heard(List<double> shares) : IProgress<double>
    {
        public void Report(double value) => shares.Add(value);
    }
}
