using Serving.State.Redis;
using StackExchange.Redis;

namespace Serving.State.Tests.Redis;

/// <summary>What a cluster adds: a node that dies leaves the others alone, slots move.</summary>
public sealed class RedisClusterTests
{
    private const int Keys = 12;

    private static readonly TimeSpan s_budget = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task ExchangeAsync_OneNodeKilled_TheOthersAnswer()
    {
        using RedisCluster cluster = await RedisCluster.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(cluster.Nodes[0], s_budget);
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(cluster.Nodes[0]);
        bool[] isOnKilled = [.. Enumerable.Range(0, Keys).Select(
            key => raw.GetHashSlot(RedisFixture.RawKey(RedisFixture.Key(key))) >= 16384 * 2 / 3)];
        Assert.Contains(true, isOnKilled);
        Assert.Contains(false, isOnKilled);
        cluster.Nodes[2].Kill();
        int number = 0;
        await RedisFixture.Comes(() => !store.Status.IsClosed);
        for (int round = 0; round < 5; round++, number++)
        {
            StateBatch batch = new();
            for (int key = 0; key < Keys; key++)
            {
                batch.Add(RedisFixture.Key(key), RedisFixture.Schema, 0, RedisFixture.Record(1, number));
            }

            await store.ExchangeAsync(batch, CancellationToken.None);
            for (int key = 0; key < Keys; key++)
            {
                StateOutcome expected = isOnKilled[key] ? StateOutcome.Unavailable : StateOutcome.Read;
                Assert.Equal(expected, batch.Accesses[key].Outcome);
            }
        }

        cluster.Nodes[2].Restart();
        await store.FlushAsync(new CancellationTokenSource(RedisFixture.Long).Token);
        await RedisFixture.Comes(() => store.Status.IsClosed);
        for (int key = 0; key < Keys; key++)
        {
            byte[] blob = await store.ReadAsync(RedisFixture.Key(key), CancellationToken.None);
            Assert.Equal(Enumerable.Range(0, number), RedisFixture.Records(blob).Select(one => one.Number).Distinct());
        }
    }

    [Fact]
    public async Task ExchangeAsync_SlotMoved_IsFollowedAndCounted()
    {
        using RedisCluster cluster = await RedisCluster.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(cluster.Nodes[0]);
        StateKey key = RedisFixture.Key(5);
        Assert.Equal(StateOutcome.Read, await RedisFixture.Append(store, key, []));
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(cluster.Nodes[0]);
        int slot = raw.GetHashSlot(RedisFixture.RawKey(key));
        await cluster.Move(slot, slot < 16384 / 3 ? 1 : 0);
        await RedisFixture.Append(store, key, RedisFixture.Record(1, 1));
        await store.FlushAsync(new CancellationTokenSource(RedisFixture.Long).Token);
        Assert.Equal(StateOutcome.Read, await RedisFixture.Append(store, key, RedisFixture.Record(1, 2)));
        byte[] blob = await store.ReadAsync(key, CancellationToken.None);
        Assert.Equal([(1, 1), (1, 2)], RedisFixture.Records(blob).Distinct());
        Assert.Contains("MOVED", store.Status.ErrorsByCode().Keys);
    }
}
