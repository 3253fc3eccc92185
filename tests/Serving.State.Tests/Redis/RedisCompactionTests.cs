using System.Collections.Concurrent;
using Serving.State.Redis;
using StackExchange.Redis;

namespace Serving.State.Tests.Redis;

/// <summary>Compactions race with appends and with each other; nothing is lost, and losers do nothing.</summary>
public sealed class RedisCompactionTests
{
    [Fact]
    public async Task RequestCompaction_RacesOfTwoStores_KeepEveryRecord()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore first = await RedisFixture.Connect(server);
        await using RedisWindowStore second = await RedisFixture.Connect(server);
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        Heard heard = new();
        foreach (RedisWindowStore store in new[] { first, second })
        {
            store.Use(new CountingCompactor());
            store.CompactionListener = heard;
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            RedisWindowStore store = writer % 2 == 0 ? first : second;
            for (int i = 0; i < 200; i++)
            {
                StateKey key = RedisFixture.Key(i % 3);
                Assert.Equal(StateOutcome.Read, await RedisFixture.Append(store, key, RedisFixture.Record(writer, i)));
                store.RequestCompaction(key, RedisFixture.Schema);
                if (i == 100)
                {
                    // The servers' scripts are forgotten in the middle.
                    await raw.GetServers()[0].ScriptFlushAsync();
                }
            }
        })));
        // Wishes may still be under way: disposing waits for the one that is, and drops the others.
        await first.DisposeAsync();
        await second.DisposeAsync();
        long compacted = first.Status.Compacted + second.Status.Compacted;
        Assert.True(compacted > 3, $"{compacted} compactions, {string.Join(',', first.Status.ErrorsByCode())}");
        int all = 0;
        for (int i = 0; i < 3; i++)
        {
            byte[] blob = (await raw.GetDatabase().StringGetAsync(RedisFixture.RawKey(RedisFixture.Key(i))))!;
            all += CountingCompactor.Count(blob);
            Assert.Equal(heard.Epochs.Count(pair => pair.Key == RedisFixture.Key(i)), (int)BlobHeader.EpochOf(blob));
        }

        Assert.Equal(4 * 200, all);
        Assert.Equal(heard.Epochs.Count, heard.Epochs.Distinct().Count());
    }

    [Fact]
    public async Task CompactAsync_Script_DoesNothingForAnotherBlob()
    {
        using RedisServer server = RedisServer.Start();
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        IDatabase database = raw.GetDatabase();
        byte[] blob = new byte[BlobHeader.Size + 8];
        BlobHeader.Write(blob, 3, RedisFixture.Schema, 1);
        byte[] other = [.. blob];
        other[^1] = 1;
        byte[] nextEpoch = [.. blob];
        nextEpoch[4]++;
        foreach (byte[] found in new[] { other, nextEpoch, blob[..^1], [] })
        {
            await database.StringSetAsync("k", found);
            Assert.Equal(-1, await RedisScripts.CompactAsync(database, "k", blob, new byte[24]));
            Assert.Equal(found, (byte[]?)await database.StringGetAsync("k"));
        }
    }

    [Fact]
    public async Task CompactAsync_Script_KeepsTailAndLifetime()
    {
        using RedisServer server = RedisServer.Start();
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        IDatabase database = raw.GetDatabase();
        byte[] blob = new byte[BlobHeader.Size + 40];
        BlobHeader.Write(blob, 0, RedisFixture.Schema, 1);
        await database.StringSetAsync("k", (byte[])[.. blob, 1, 2, 3], TimeSpan.FromSeconds(50));
        Assert.Equal(27, await RedisScripts.CompactAsync(database, "k", blob, blob.AsMemory(0, BlobHeader.Size)));
        Assert.Equal([.. blob[..BlobHeader.Size], 1, 2, 3], (byte[]?)await database.StringGetAsync("k"));
        Assert.NotNull(await database.KeyTimeToLiveAsync("k"));
    }

    private sealed class Heard : ICompactionListener
    {
        public ConcurrentBag<(StateKey Key, uint Epoch)> Epochs { get; } = [];

        public void OnCompacted(in StateKey key, uint epoch, int records, int read) => Epochs.Add((key, epoch));
    }
}
