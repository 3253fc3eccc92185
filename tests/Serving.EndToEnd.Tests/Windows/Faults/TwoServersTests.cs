using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Serving.Protocol.V1;
using Serving.Server.Hosting;
using Serving.State.Tests.Redis;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>
/// Two servers on one Redis under clients that meet on the same keys (hardening.md 106): no update is lost, none is
/// doubled, and each answer can be recomputed.
/// </summary>
public sealed class TwoServersTests
{
    private const int Clients = 8;
    private const int Cards = 100;

    // Ids are repeated out of so many: by several clients at once, then.
    private const int Recent = 40;

    // Compaction leaves what is younger than two seconds; both servers are to read what it made.
    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task Hammer_OneRedis_StateIsThatOfASerialRun()
    {
        using RedisServer redis = RedisServer.Start();
        await HammerAsync($"redis://{redis.Endpoint}", calls: 400);
    }

    [Fact]
    public async Task Hammer_ThreeNodes_StateIsThatOfASerialRun()
    {
        Assert.SkipWhen(RedisServer.Find("redis-server") is null, "redis-server is not installed");
        using RedisCluster cluster = await RedisCluster.Start();
        await HammerAsync($"redis://{string.Join(',', cluster.Nodes.Select(node => node.Endpoint))}", calls: 250);
    }

    [Fact]
    [Trait("Category", "Nightly")]
    public async Task Hammer_OneRedisForLong_StateIsThatOfASerialRun()
    {
        using RedisServer redis = RedisServer.Start();
        await HammerAsync($"redis://{redis.Endpoint}", calls: 10_000);
    }

    private static async Task HammerAsync(string state, int calls)
    {
        using FaultWorld world = new();
        string[] records = [world["a.jsonl"], world["b.jsonl"]];
        (int scores, int ingests, int repeated) = await RunAsync(world, state, records, calls);
        RecordedEvents oracle = new(records);
        Assert.Equal((scores, ingests), (oracle.Answers, oracle.Ingests));
        Assert.Empty(oracle.Missing);
        Assert.True(repeated > calls / 4, $"only {repeated} repeated ids");
        long at = FaultWorld.NowMs;
        int folded = await CompareAsync(world, state, oracle, at);
        foreach (string log in new[] { "txn", "chargeback" })
        {
            Check(await world.DumpAsync(state, log, FaultWorld.Card(0), at), oracle.Of(log, FaultWorld.Card(0)));
        }

        string replayed = await world.ReplayWithoutDifferenceAsync(records);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{scores} scores, {ingests} ingests, {repeated} repeated ids, {folded} keys folded; {replayed}");
        Assert.True(folded > 0, "no key was compacted");
    }

    private static async Task<(int Scores, int Ingests, int Repeated)> RunAsync(
        FaultWorld world, string state, string[] records, int calls)
    {
        // The budget is no matter here: a busy machine must not make answers degraded.
        string[] patient = ["--state-timeout", "15s"];
        await using ServingProcess one = await ServingProcess.StartAsync(world, state, records[0], patient);
        await using ServingProcess two = await ServingProcess.StartAsync(world, state, records[1], patient);
        ConcurrentQueue<JournalEvent> sent = new();
        int[][] counts = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(
            () => ClientAsync((client % 2 == 0 ? one : two).Client, new Random(client), sent, calls))));
        Assert.Equal((0, 0), (await one.StopAsync(), await two.StopAsync()));
        return (counts.Sum(one => one[0]), counts.Sum(one => one[1]), counts.Sum(one => one[2]));
    }

    private static async Task<int[]> ClientAsync(
        ScoringService.ScoringServiceClient client, Random random, ConcurrentQueue<JournalEvent> sent, int calls)
    {
        int[] counts = new int[3];
        long start = Stopwatch.GetTimestamp();
        for (int call = 0; call < calls || Stopwatch.GetElapsedTime(start) < s_least; call++)
        {
            JournalEvent next = Next(random, sent, counts);
            Row row = FaultWorld.RowOf(next);
            if (next.IsIngest)
            {
                var request = new IngestRequest { Set = "pay", Event = "chargeback", Rows = { row } };
                IngestResponse answer = await client.IngestAsync(request);
                Assert.Equal(1u, answer.Accepted + answer.Duplicate);
                counts[1]++;
            }
            else
            {
                var options = new Options { ScoreOnly = random.Next(20) == 0 };
                ScoreResponse answer = await client.ScoreAsync(
                    new ScoreRequest { Model = "pay", Row = row, Options = options });
                Assert.False(answer.Degraded);
                counts[0]++;
            }
        }

        return counts;
    }

    // A repeated event has the id and the times of one that any client sent, under its key with any amount, or under
    // another key. Few keys get most of the load.
    private static JournalEvent Next(Random random, ConcurrentQueue<JournalEvent> sent, int[] counts)
    {
        string card = FaultWorld.Card((int)(Cards * Math.Pow(random.NextDouble(), 3)));
        JournalEvent? old = random.Next(5) == 0 ? sent.ElementAtOrDefault(random.Next(Recent)) : null;
        var next = new JournalEvent
        {
            IsIngest = old?.IsIngest ?? random.Next(4) == 0,
            Id = old?.Id ?? random.NextInt64(1L << 40),
            Card = old is not null && random.Next(2) == 0 ? old.Card : card,
            Cents = random.Next(1, 100_000_000),
            At = old?.At ?? FaultWorld.NowMs,
        };
        counts[2] += old is null ? 0 : 1;
        sent.Enqueue(next);
        if (sent.Count > Recent)
        {
            sent.TryDequeue(out _);
        }

        return next;
    }

    // All keys by one link; the command line is asked for some.
    private static async Task<int> CompareAsync(FaultWorld world, string state, RecordedEvents oracle, long at)
    {
        await using OpenStore store = await StoreOpening.OpenAsync(
            StateLocation.Parse(state)!, new StateLimits(), TimeProvider.System);
        int folded = 0;
        foreach (string log in new[] { "txn", "chargeback" })
        {
            for (int number = 0; number < Cards; number++)
            {
                var key = world.KeyOf(log, FaultWorld.Card(number));
                byte[] blob = await store.Maintenance.ReadAsync(key.Key, CancellationToken.None);
                JsonObject dump = world.Dump(key, blob, at);
                Check(dump, oracle.Of(log, FaultWorld.Card(number)));
                folded += dump["epoch"]!.GetValue<uint>() > 0 ? 1 : 0;
            }
        }

        return folded;
    }

    private static void Check(JsonObject dump, (int Count, long Sum, long? Max, long? Last) expected)
    {
        Assert.True(dump["sound"]!.GetValue<bool>(), dump.ToJsonString());
        bool isTxn = dump["event"]!.GetValue<string>() == "txn";
        JsonNode? max = isTxn ? FaultWorld.ValueOf(dump, "max(") : null;
        JsonNode? last = isTxn ? FaultWorld.ValueOf(dump, "last(") : null;
        (int, long, long?, long?) found = (
            FaultWorld.CountOf(dump), FaultWorld.SumOf(dump),
            max is null ? null : FaultWorld.Cents(max), last is null ? null : FaultWorld.Cents(last));
        Assert.True(
            (expected.Count, expected.Sum, isTxn ? expected.Max : null, isTxn ? expected.Last : null) == found,
            $"expected {expected}, found {dump.ToJsonString()}");
    }
}
