using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Grpc.Core;
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
        HammerCounts sent = await RunAsync(world, state, records, calls);
        RecordedEvents oracle = new(records);
        Assert.Equal((sent.Scores, sent.Ingests + sent.Refused), (oracle.Answers, oracle.Ingests));
        Assert.True(sent.Repeated > calls / 4, $"only {sent.Repeated} repeated ids");
        long at = FaultWorld.NowMs;
        (int folded, int uncertain) = await CompareAsync(world, state, oracle, at);
        string replayed = await world.ReplayWithoutDifferenceAsync(records);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{sent}, {folded} keys folded, {uncertain} uncertain; {replayed}");
        Assert.True(folded > 0, "no key was compacted");
        Assert.True(uncertain <= Cards / 10, $"{uncertain} keys are not compared");
        Assert.True(sent.Degraded <= sent.Scores / 10, $"{sent.Degraded} degraded answers");
        foreach (string log in new[] { "txn", "chargeback" })
        {
            string card = FaultWorld.Card(Enumerable.Range(0, Cards).First(
                number => !oracle.IsUncertain(log, FaultWorld.Card(number))));
            Check(await world.DumpAsync(state, log, card, at), oracle.Of(log, card));
        }
    }

    private static async Task<HammerCounts> RunAsync(FaultWorld world, string state, string[] records, int calls)
    {
        // The budget is no matter here. What is still degraded has waited for a machine that stood still.
        string[] patient = ["--state-timeout", "15s"];
        await using ServingProcess one = await ServingProcess.StartAsync(world, state, records[0], patient);
        await using ServingProcess two = await ServingProcess.StartAsync(world, state, records[1], patient);
        ConcurrentQueue<JournalEvent> sent = new();
        HammerCounts[] counts = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(
            () => ClientAsync((client % 2 == 0 ? one : two).Client, new Random(client), sent, calls))));
        Assert.Equal((0, 0), (await one.StopAsync(), await two.StopAsync()));
        return new HammerCounts
        {
            Scores = counts.Sum(count => count.Scores),
            Ingests = counts.Sum(count => count.Ingests),
            Repeated = counts.Sum(count => count.Repeated),
            Degraded = counts.Sum(count => count.Degraded),
            Refused = counts.Sum(count => count.Refused),
        };
    }

    private static async Task<HammerCounts> ClientAsync(
        ScoringService.ScoringServiceClient client, Random random, ConcurrentQueue<JournalEvent> sent, int calls)
    {
        var counts = new HammerCounts();
        long start = Stopwatch.GetTimestamp();
        for (int call = 0; call < calls || Stopwatch.GetElapsedTime(start) < s_least; call++)
        {
            JournalEvent next = Next(random, sent, counts);
            if (next.IsIngest)
            {
                await IngestAsync(client, next, counts);
                continue;
            }

            var options = new Options { ScoreOnly = random.Next(20) == 0 };
            ScoreResponse answer = await client.ScoreAsync(
                new ScoreRequest { Model = "pay", Row = FaultWorld.RowOf(next), Options = options });
            counts.Scores++;
            counts.Degraded += answer.Degraded ? 1 : 0;
        }

        return counts;
    }

    // An event that the store did not confirm is sent again, as a client does.
    private static async Task IngestAsync(
        ScoringService.ScoringServiceClient client, JournalEvent next, HammerCounts counts)
    {
        var request = new IngestRequest { Set = "pay", Event = "chargeback", Rows = { FaultWorld.RowOf(next) } };
        while (true)
        {
            try
            {
                IngestResponse answer = await client.IngestAsync(request);
                Assert.Equal(1u, answer.Accepted + answer.Duplicate);
                counts.Ingests++;
                return;
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.Unavailable && counts.Refused < 1000)
            {
                counts.Refused++;
                await Task.Delay(20);
            }
        }
    }

    // A repeated event has the id and the times of one that any client sent, under its key with any amount, or under
    // another key. Few keys get most of the load.
    private static JournalEvent Next(Random random, ConcurrentQueue<JournalEvent> sent, HammerCounts counts)
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
        counts.Repeated += old is null ? 0 : 1;
        sent.Enqueue(next);
        if (sent.Count > Recent)
        {
            sent.TryDequeue(out _);
        }

        return next;
    }

    // All keys by one link; the command line is asked for some.
    private static async Task<(int Folded, int Uncertain)> CompareAsync(
        FaultWorld world, string state, RecordedEvents oracle, long at)
    {
        await using OpenStore store = await StoreOpening.OpenAsync(
            StateLocation.Parse(state)!, new StateLimits(), TimeProvider.System);
        int folded = 0;
        int uncertain = 0;
        foreach (string log in new[] { "txn", "chargeback" })
        {
            foreach (string card in Enumerable.Range(0, Cards).Select(FaultWorld.Card))
            {
                var key = world.KeyOf(log, card);
                byte[] blob = await store.Maintenance.ReadAsync(key.Key, CancellationToken.None);
                JsonObject dump = world.Dump(key, blob, at);
                folded += dump["epoch"]!.GetValue<uint>() > 0 ? 1 : 0;
                if (oracle.IsUncertain(log, card))
                {
                    uncertain++;
                }
                else
                {
                    Check(dump, oracle.Of(log, card));
                }
            }
        }

        return (folded, uncertain);
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
