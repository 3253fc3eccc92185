using Serving.State.Redis;
using StackExchange.Redis;

namespace Serving.State.Tests.Redis;

/// <summary>Case 100: what Redis confirmed and no longer has is seen at the next access, told and counted.</summary>
public sealed class RedisLengthsTests
{
    private static readonly StateKey s_key = RedisFixture.Key(1);

    // What a replica may have when it takes over: less of the blob, an epoch before a compaction, nothing; or a blob
    // that went on as it should, by another server's append or compaction.
    [Theory]
    [InlineData("cut", 1, "16 bytes are gone")]
    [InlineData("gone", 1, "56 bytes are gone")]
    [InlineData("earlier epoch", 1, "an earlier state is back")]
    [InlineData("longer", 0, "")]
    [InlineData("later epoch", 0, "")]
    [InlineData("nothing", 0, "")]
    public async Task ExchangeAsync_BlobOfAnotherServer_TellsAGapFromNews(string what, int gaps, string told)
    {
        List<string> noticed = [];
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        await using ConnectionMultiplexer raw = await RedisFixture.Raw(server);
        IDatabase database = raw.GetDatabase();
        RedisKey address = RedisFixture.RawKey(s_key);
        await database.StringSetAsync(address, Blob(1, 0));
        await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 1));
        await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 2));
        store.Status.Noticed += noticed.Add;
        await (what switch
        {
            "cut" => database.StringSetAsync(address, Blob(1, 1)),
            "gone" => database.KeyDeleteAsync(address),
            "earlier epoch" => database.StringSetAsync(address, Blob(0, 9)),
            "longer" => database.StringSetAsync(address, Blob(1, 3)),
            "later epoch" => database.StringSetAsync(address, Blob(2, 0)),
            _ => Task.CompletedTask,
        });

        Assert.Equal(StateOutcome.Read, await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 3)));
        Assert.Equal(StateOutcome.Read, await RedisFixture.Append(store, s_key, RedisFixture.Record(1, 4)));

        Assert.Equal(gaps, store.Status.Gaps);
        Assert.Contains(told, string.Join('\n', noticed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExchangeAsync_ManyBesideEachOther_SeeNoGap()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            for (int number = 0; number < 200; number++)
            {
                await RedisFixture.Append(store, RedisFixture.Key(number % 3), RedisFixture.Record(writer, number));
            }
        }));

        Assert.Equal(0, store.Status.Gaps);
    }

    private static byte[] Blob(uint epoch, int records)
    {
        byte[] header = new byte[BlobHeader.Size];
        BlobHeader.Write(header, epoch, RedisFixture.Schema, s_key.Check);
        return [.. header, .. Enumerable.Range(1, records).SelectMany(number => RedisFixture.Record(1, number))];
    }
}
