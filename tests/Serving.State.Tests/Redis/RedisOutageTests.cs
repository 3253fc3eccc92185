using System.Diagnostics;
using Serving.State.Redis;

namespace Serving.State.Tests.Redis;

/// <summary>
/// Servers that die, freeze or vanish under load: every exchange is answered, flagged; the store comes back by itself,
/// and what it queued is there.
/// </summary>
public sealed class RedisOutageTests
{
    private static readonly TimeSpan s_budget = TimeSpan.FromMilliseconds(50);

    // Three seconds are promised; the rest is what a crowded machine may add.
    private static readonly TimeSpan s_recovery = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task ExchangeAsync_ServerKilledAndStartedAgain_NothingIsLost()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server, s_budget);
        await using RedisLoad load = new(store);
        await load.Recovery();
        server.Kill();
        await load.Degraded(200);
        Assert.False(store.Status.IsClosed);
        server.Restart();
        await Recovers(store, load);
    }

    [Fact]
    public async Task ExchangeAsync_ServerFrozen_NothingIsLost()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server, s_budget);
        await using RedisLoad load = new(store);
        await load.Recovery();
        server.Signal("STOP");
        await load.Degraded(500);
        await Task.Delay(TimeSpan.FromSeconds(2));
        server.Signal("CONT");
        await Recovers(store, load);
    }

    [Fact]
    public async Task ExchangeAsync_BlackHole_TheLinkIsReplaced()
    {
        using RedisServer server = RedisServer.Start();
        using Toxiproxy proxy = await Toxiproxy.Start(server);
        await using RedisWindowStore store = await RedisWindowStore.ConnectAsync(
            RedisFixture.Options(proxy.Endpoint, s_budget));
        await using RedisLoad load = new(store);
        await load.Recovery();
        await proxy.Add("timeout", new { timeout = 0 });
        await load.Degraded(200);
        Assert.True(await RedisFixture.Becomes(
            () => Task.FromResult(store.Status.ConnectionFailures > 0), s_recovery), "the dead link is kept");
        await proxy.Reset();
        await Recovers(store, load);
    }

    // Nothing is asked of the store: its own heartbeat finds the dead link.
    [Fact]
    public async Task Heartbeat_IdleLinkInABlackHole_IsReplaced()
    {
        using RedisServer server = RedisServer.Start();
        using Toxiproxy proxy = await Toxiproxy.Start(server);
        await using RedisWindowStore store = await RedisWindowStore.ConnectAsync(
            RedisFixture.Options(proxy.Endpoint, s_budget));
        Assert.Equal(StateOutcome.Read, await RedisFixture.Append(store, RedisFixture.Key(1), []));
        List<string> noticed = [];
        long start = Stopwatch.GetTimestamp();
        store.Status.Noticed += text => noticed.Add($"{Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s {text}");
        await proxy.Add("timeout", new { timeout = 0 });
        Assert.True(await RedisFixture.Becomes(
            () => Task.FromResult(store.Status.ConnectionFailures > 0 && !store.Status.IsClosed), s_recovery));
        await proxy.Reset();
        Assert.True(await RedisFixture.Becomes(
            () => Task.FromResult(store.Status.ConnectionsRestored > 0 && store.Status.IsClosed), s_recovery));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', noticed));
    }

    [Theory]
    [InlineData("latency")]
    [InlineData("reset_peer")]
    [InlineData("slicer")]
    [InlineData("limit_data")]
    [InlineData("bandwidth")]
    public async Task ExchangeAsync_BadLink_IsAnsweredAndRecovers(string toxic)
    {
        using RedisServer server = RedisServer.Start();
        using Toxiproxy proxy = await Toxiproxy.Start(server);
        await using RedisWindowStore store = await RedisWindowStore.ConnectAsync(
            RedisFixture.Options(proxy.Endpoint, s_budget));
        await using RedisLoad load = new(store);
        await load.Recovery();
        await proxy.Add(toxic, Attributes(toxic), "downstream");
        await Task.Delay(TimeSpan.FromSeconds(1));
        await proxy.Reset();
        await Recovers(store, load);
    }

    [Fact]
    public async Task ExchangeAsync_ServerDownAtTheStart_IsQueued()
    {
        using RedisServer server = RedisServer.Prepare();
        await using RedisWindowStore store = await RedisFixture.Connect(server, s_budget);
        await using RedisLoad load = new(store);
        await load.Degraded(100);
        Assert.Equal(0, load.Reads);
        server.Restart();
        await Recovers(store, load);
    }

    [Fact]
    public async Task ExchangeAsync_QueueIsFull_TheLostAreCountedExactly()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisWindowStore.ConnectAsync(
            RedisFixture.Options(server.Endpoint, s_budget) with { QueueMax = 50 });
        await using RedisLoad load = new(store);
        await load.Recovery();
        server.Signal("STOP");
        await RedisFixture.Comes(() => load.Count(StateOutcome.Lost) > 100, seconds: 20);
        Assert.Equal(50, store.Status.Waiting);
        server.Signal("CONT");
        await Recovers(store, load);
        Assert.True(load.Count(StateOutcome.Lost) > 100);
    }

    [Fact]
    [Trait("Category", "Nightly")]
    public async Task ExchangeAsync_TwentyOutages_NothingIsLost()
    {
        using RedisServer server = RedisServer.Start();
        await using RedisWindowStore store = await RedisFixture.Connect(server, s_budget);
        await using RedisLoad load = new(store);
        Random random = new(5);
        for (int i = 0; i < 20; i++)
        {
            await load.Recovery();
            await Task.Delay(random.Next(300));
            server.Kill();
            await Task.Delay(random.Next(3000));
            server.Restart();
        }

        await Recovers(store, load);
    }

    private static object Attributes(string toxic) => toxic switch
    {
        "latency" => new { latency = 200 },
        "reset_peer" => new { timeout = 20 },
        "slicer" => new { average_size = 1, size_variation = 0, delay = 10 },
        "limit_data" => new { bytes = 200 },
        _ => new { rate = 1 },
    };

    private static async Task Recovers(RedisWindowStore store, RedisLoad load)
    {
        TimeSpan took = await load.Recovery();
        int doubled = await load.CheckAsync(store);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"recovery {took}, slowest {load.Slowest}, degraded {load.Count(StateOutcome.Unavailable)}, "
            + $"doubled {doubled}, errors {string.Join(' ', store.Status.ErrorsByCode())}");
        Assert.True(took < s_recovery, $"recovery took {took}");
        Assert.True(store.Status.IsClosed);
    }
}
