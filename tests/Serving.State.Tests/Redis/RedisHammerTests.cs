using Serving.State.Redis;

namespace Serving.State.Tests.Redis;

/// <summary>Two stores, eight tasks, 100 keys: every record is there once, in the place answered.</summary>
public sealed class RedisHammerTests
{
    private const int Keys = 100;
    private const int Writers = 8;

    [Fact]
    public async Task ExchangeAsync_TwoStoresOnOneServer_EveryRecordOnce()
    {
        using RedisServer server = RedisServer.Start();
        await Hammer(server.Endpoint, rounds: 150);
    }

    [Fact]
    public async Task ExchangeAsync_TwoStoresOnACluster_EveryRecordOnce()
    {
        using RedisCluster cluster = await RedisCluster.Start();
        await Hammer(cluster.Nodes[1].Endpoint, rounds: 100);
    }

    [Fact]
    [Trait("Category", "Nightly")]
    public async Task ExchangeAsync_TwoStoresForLong_EveryRecordOnce()
    {
        using RedisServer server = RedisServer.Start("--appendfsync", "everysec");
        await Hammer(server.Endpoint, rounds: 20_000);
    }

    private static async Task Hammer(string endpoint, int rounds)
    {
        await using RedisWindowStore first = await RedisWindowStore.ConnectAsync(RedisFixture.Options(endpoint));
        await using RedisWindowStore second = await RedisWindowStore.ConnectAsync(RedisFixture.Options(endpoint));
        List<(int Key, int Number, int After, int Before)>[] seen = await Task.WhenAll(
            Enumerable.Range(0, Writers).Select(
                writer => Task.Run(() => Write(writer % 2 == 0 ? first : second, writer, rounds))));
        Dictionary<(int, int, int), int> places = [];
        for (int key = 0; key < Keys; key++)
        {
            byte[] blob = await first.ReadAsync(RedisFixture.Key(key), CancellationToken.None);
            List<(int Writer, int Number)> records = RedisFixture.Records(blob);
            for (int i = 0; i < records.Count; i++)
            {
                // A record that is there twice does not go in.
                (int Key, int Writer, int Number) record = (key, records[i].Writer, records[i].Number);
                places.Add(record, BlobHeader.Size + (i * RedisFixture.RecordSize));
            }
        }

        Assert.Equal(Writers * rounds * 3, places.Count);
        for (int writer = 0; writer < Writers; writer++)
        {
            foreach ((int key, int number, int after, int before) in seen[writer])
            {
                int place = places[(key, writer, number)];
                Assert.Equal(place + RedisFixture.RecordSize, after);
                Assert.Equal(place, Math.Max(before, BlobHeader.Size));
            }
        }

        Assert.Equal((0, 0, 0), (first.Status.Queued, first.Status.Lost, second.Status.Queued));
    }

    private static async Task<List<(int Key, int Number, int After, int Before)>> Write(
        RedisWindowStore store, int writer, int rounds)
    {
        Random random = new(writer);
        List<(int, int, int, int)> seen = [];
        StateBatch batch = new();
        for (int round = 0; round < rounds; round++)
        {
            batch.Clear();
            int[] keys = [random.Next(Keys), random.Next(Keys), random.Next(Keys)];
            for (int i = 0; i < keys.Length; i++)
            {
                byte[] record = RedisFixture.Record(writer, (round * 3) + i);
                batch.Add(RedisFixture.Key(keys[i]), RedisFixture.Schema, 0, record);
            }

            await store.ExchangeAsync(batch, CancellationToken.None);
            for (int i = 0; i < keys.Length; i++)
            {
                StateAccess access = batch.Accesses[i];
                Assert.Equal(StateOutcome.Read, access.Outcome);
                seen.Add((keys[i], (round * 3) + i, access.After, access.StateLength));
            }
        }

        return seen;
    }
}
