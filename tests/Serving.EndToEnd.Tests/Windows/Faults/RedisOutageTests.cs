using System.Diagnostics;
using System.Text.Json.Nodes;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;
using Serving.Server.Hosting;
using Serving.State.Tests.Redis;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>
/// Redis that dies, freezes or vanishes under a server's load (hardening.md 96 to 99; section 3, 9 and 10): every
/// request is answered in time and says what it lacks; the server comes back by itself; what it queued is not lost.
/// </summary>
public sealed class RedisOutageTests
{
    private static readonly string[] s_limits = ["--state-timeout", "50ms"];

    // Three seconds are promised; the rest is what a crowded machine may add.
    private static readonly TimeSpan s_recovery = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task Outage_RedisKilledAndStartedAgain_NothingIsLost()
    {
        using RedisServer redis = RedisServer.Start();
        await OutageAsync(redis.Endpoint, Done(redis.Kill), Done(redis.Restart));
    }

    [Fact]
    public async Task Outage_RedisFrozen_NothingIsLost()
    {
        using RedisServer redis = RedisServer.Start();
        await OutageAsync(redis.Endpoint, Done(() => redis.Signal("STOP")), Done(() => redis.Signal("CONT")));
    }

    [Fact]
    public async Task Outage_BlackHole_NothingIsLost()
    {
        using RedisServer redis = RedisServer.Start();
        using Toxiproxy proxy = await Toxiproxy.Start(redis);
        await OutageAsync(proxy.Endpoint, () => proxy.Add("timeout", new { timeout = 0 }), proxy.Reset);
    }

    [Fact]
    public async Task Outage_LateAnswers_AreNotWaitedFor()
    {
        using RedisServer redis = RedisServer.Start();
        using Toxiproxy proxy = await Toxiproxy.Start(redis);
        await OutageAsync(
            proxy.Endpoint, () => proxy.Add("latency", new { latency = 200 }, "downstream"), proxy.Reset,
            isReachable: true);
    }

    // Case 96.
    [Fact]
    public async Task Start_RedisDown_ServesDegradedUntilItComes()
    {
        using FaultWorld world = new();
        using RedisServer redis = RedisServer.Prepare();
        await using ServingProcess server = await StartAsync(world, redis.Endpoint, s_limits);
        await using OutageLoad load = new(server);
        await load.MoreAsync(seen => seen.Degraded, 50);
        await load.MoreAsync(seen => seen.Refused, 1);
        Assert.Equal(0, load.Whole);
        await MustLiveAsync(server);
        await server.SaysAsync("Redis does not answer");
        redis.Restart();
        await RecoversAsync(world, server, load, redis.Endpoint);
    }

    [Fact]
    public async Task Outage_QueueIsFull_TheLostAreCountedExactly()
    {
        const int QueueMax = 40;
        const int Calls = 150;
        using FaultWorld world = new();
        using RedisServer redis = RedisServer.Start();
        string[] limits = [.. s_limits, "--state-queue-limit", $"{QueueMax}"];
        await using ServingProcess server = await StartAsync(world, redis.Endpoint, limits);
        await using (OutageLoad load = new(server))
        {
            await load.MoreAsync(seen => seen.Whole, 20);
            await load.EndAsync();
        }

        long before = await CountAsync(world, redis.Endpoint);
        redis.Signal("STOP");
        JournalEvent[] sent = [.. Enumerable.Range(0, Calls).Select(call => new JournalEvent
        {
            IsIngest = false, Id = 1_000_000 + call, Card = FaultWorld.Card(call % OutageLoad.Cards), Cents = 100,
            At = FaultWorld.NowMs,
        })];
        ScoreResponse[] answers = await Task.WhenAll(sent.Select(next => server.Client.ScoreAsync(
            new ScoreRequest { Model = "pay", Row = FaultWorld.RowOf(next) }).ResponseAsync));
        Assert.All(answers, answer => Assert.True(answer.Degraded));
        Assert.Equal(Calls - QueueMax, await server.MetricAsync("serving_state_lost"));
        Assert.Equal(QueueMax, await server.MetricAsync("serving_state_queue"));
        redis.Signal("CONT");
        await DrainedAsync(server);
        Assert.Equal(before + QueueMax, await CountAsync(world, redis.Endpoint));
        Assert.Equal(Calls - QueueMax, await server.MetricAsync("serving_state_lost"));
        Assert.Equal(Calls - QueueMax, new RecordedEvents(world["records.jsonl"]).Missing["Lost"]);
        Assert.Equal(0, await server.StopAsync());
    }

    private static Func<Task> Done(Action act) => () =>
    {
        act();
        return Task.CompletedTask;
    };

    private static Task<ServingProcess> StartAsync(FaultWorld world, string endpoint, string[] limits) =>
        ServingProcess.StartAsync(world, $"redis://{endpoint}", world["records.jsonl"], limits);

    private static async Task OutageAsync(
        string endpoint, Func<Task> begin, Func<Task> end, bool isReachable = false)
    {
        using FaultWorld world = new();
        await using ServingProcess server = await StartAsync(world, endpoint, s_limits);
        await using OutageLoad load = new(server);
        await load.MoreAsync(seen => seen.Whole, 100);
        await load.MoreAsync(seen => seen.Ingested, 5);

        await begin();
        await load.MoreAsync(seen => seen.Degraded, 100);
        if (!isReachable)
        {
            await load.MoreAsync(seen => seen.Refused, 2);
            Assert.Equal(0, await server.MetricAsync("serving_state_reachable"));
            Assert.True(await server.MetricAsync("serving_state_queue") > 0, "nothing is queued");
        }

        await MustLiveAsync(server);
        await end();
        await RecoversAsync(world, server, load, endpoint);
    }

    // Liveness and readiness do not follow Redis (hardening.md 119), and the flag is counted.
    private static async Task MustLiveAsync(ServingProcess server)
    {
        foreach (string path in new[] { "/livez", "/readyz" })
        {
            Assert.StartsWith(
                "ok", await server.Http.GetStringAsync(new Uri(path, UriKind.Relative)), StringComparison.Ordinal);
        }

        Assert.True(await server.MetricAsync("""serving_degraded_total{model="pay",version="1"}""") > 0);
    }

    private static async Task RecoversAsync(FaultWorld world, ServingProcess server, OutageLoad load, string endpoint)
    {
        long healed = Stopwatch.GetTimestamp();
        await load.MoreAsync(seen => seen.Whole, 1);
        await load.MoreAsync(seen => seen.Ingested, 1);
        TimeSpan took = Stopwatch.GetElapsedTime(healed);
        await load.MoreAsync(seen => seen.Whole, 50);
        await load.EndAsync();
        await DrainedAsync(server);
        Assert.Equal(1, await server.MetricAsync("serving_state_reachable"));
        Assert.Equal(0, await server.MetricAsync("serving_state_lost"));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"recovery {took}, slowest {load.Slowest}, whole {load.Whole}, degraded {load.Degraded}, ingested "
            + $"{load.Ingested}, refused {load.Refused}");
        Assert.True(took < s_recovery, $"recovery took {took}");
        await CompareAsync(world, load, endpoint);
        Assert.Equal(0, await server.StopAsync());
        await world.ReplayWithoutDifferenceAsync(world["records.jsonl"]);
    }

    private static async Task DrainedAsync(ServingProcess server)
    {
        long start = Stopwatch.GetTimestamp();
        while (await server.MetricAsync("serving_state_queue") > 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience.Longest, "the queue is not drained");
            await Task.Delay(20);
        }
    }

    // Every score that was answered is learned, once, be it late; every ingest that was answered is there.
    private static async Task CompareAsync(FaultWorld world, OutageLoad load, string endpoint)
    {
        foreach (IGrouping<(string, bool), JournalEvent> key in load.Events.GroupBy(sent => (sent.Card, sent.IsIngest)))
        {
            JsonObject dump = await DumpAsync(world, endpoint, key.Key.Item2 ? "chargeback" : "txn", key.Key.Item1);
            long count = FaultWorld.CountOf(dump);
            long answered = key.Count(sent => sent.AnsweredAt > 0);
            Assert.InRange(count, answered, key.Count());
            if (count == answered)
            {
                Assert.Equal(key.Where(sent => sent.AnsweredAt > 0).Sum(sent => sent.Cents), FaultWorld.SumOf(dump));
            }
        }
    }

    private static async Task<long> CountAsync(FaultWorld world, string endpoint)
    {
        long count = 0;
        for (int number = 0; number < OutageLoad.Cards; number++)
        {
            count += FaultWorld.CountOf(await DumpAsync(world, endpoint, "txn", FaultWorld.Card(number)));
        }

        return count;
    }

    private static async Task<JsonObject> DumpAsync(FaultWorld world, string endpoint, string log, string card)
    {
        await using OpenStore store = await StoreOpening.OpenAsync(
            StateLocation.Parse($"redis://{endpoint}")!, new StateLimits(), TimeProvider.System);
        var key = world.KeyOf(log, card);
        return world.Dump(
            key, await store.Maintenance.ReadAsync(key.Key, CancellationToken.None), FaultWorld.NowMs);
    }
}
