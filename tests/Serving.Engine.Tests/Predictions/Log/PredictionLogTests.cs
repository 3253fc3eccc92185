using System.Text.Json.Nodes;
using Serving.Data;
using Serving.Engine.Pipeline;
using Serving.Engine.Predictions.Log;
using Serving.Engine.Predictions.Replays;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Acts;
using Serving.Engine.Tests.Fakes;
using Serving.Engine.Versions;
using Xunit;

namespace Serving.Engine.Tests.Predictions.Log;

/// <summary>What an engine answers stands in the log, in order, readable, and gives the same answers again.</summary>
public sealed class PredictionLogTests : IDisposable
{
    private static readonly string[] s_shared =
    [
        "id", "model", "version", "request", "features", "score", "raw_score", "degraded", "score_only", "state",
    ];

    private readonly BundleFolder _folder = new();

    private string Log => _folder["log"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, LogOutcome.Relaxed)]
    [InlineData(true, LogOutcome.Durable)]
    public async Task Score_EitherMode_WritesWhatRecordFilesHold(bool isStrict, LogOutcome outcome)
    {
        await using (var world = new LogWorld(_folder, LogWorld.Quick with { IsStrict = isStrict }, hasRecords: true))
        {
            for (int number = 0; number < 30; number++)
            {
                Assert.Equal((ErrorCode.None, outcome), await world.ScoreAsync(number));
            }
        }

        string[] records = File.ReadAllLines(_folder["records.jsonl"]);
        List<string> lines = LogWorld.Lines(Log, out IReadOnlyList<LogProblem> problems);
        Assert.Empty(problems);
        Assert.Equal(records.Length, lines.Count);
        for (int index = 0; index < records.Length; index++)
        {
            Assert.Equal(Shared(records[index]), Shared(lines[index]));
        }
    }

    [Fact]
    public async Task Replay_OfALogFolder_GivesEveryAnswerAgain()
    {
        await using (var world = new LogWorld(_folder, LogWorld.Quick))
        {
            world.Log.RecordStart("test", isClean: true);
            await world.ScoreAllAsync(0, 20);
        }

        await using (var world = new LogWorld(_folder, LogWorld.Quick))
        {
            // The store was in memory: what it knew went with it.
            world.Log.RecordStart("test", isClean: false);
            await world.ScoreAllAsync(20, 10);
        }

        ReplayReport report = LogWorld.Replay(_folder, Log);
        Assert.Equal((30, 30, 0), (report.Records, report.Equal, report.Different));
    }

    [Fact]
    public async Task Replay_HashedFeatures_ComparesTheHash()
    {
        await using (var world = new LogWorld(_folder, LogWorld.Quick with { HashesFeatures = true }))
        {
            await world.ScoreAllAsync(0, 20);
        }

        Assert.All(
            LogWorld.Lines(Log, out _),
            line => Assert.Equal(32, JsonNode.Parse(line)!["features_hash"]!.ToString().Length));
        Assert.Equal(20, LogWorld.Replay(_folder, Log).Equal);
    }

    [Fact]
    public async Task Open_FolderThatIsHeld_IsRefused()
    {
        await using var world = new LogWorld(_folder, LogWorld.Quick);
        var held = Assert.Throws<LogHeldException>(
            () => PredictionLog.Open(Log, LogWorld.Quick, TimeProvider.System));
        Assert.Equal(Environment.ProcessId, held.Holder);
    }

    [Fact]
    public async Task Read_BesideTheLiveLog_SeesWholeRecords()
    {
        await using var world = new LogWorld(_folder, LogWorld.Quick with { IsStrict = true });
        await world.ScoreAllAsync(0, 5);
        Assert.Equal(5, LogWorld.Ids(Log, out IReadOnlyList<LogProblem> problems).Length);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Segments_Small_FollowEachOtherAndAreCompressed(bool compresses)
    {
        LogOptions options = LogWorld.Quick with { SegmentBytes = 4096, Compresses = compresses };
        await using (var world = new LogWorld(_folder, options))
        {
            for (int number = 0; number < 60; number++)
            {
                await world.ScoreAllAsync(number, 1);
                SpinWait.SpinUntil(() => world.Log.Status.WaitingBytes == 0, TimeSpan.FromSeconds(10));
            }

            if (compresses)
            {
                Assert.True(SpinWait.SpinUntil(
                    () => Directory.EnumerateFiles(Log, "*.plog").Count() == 1, TimeSpan.FromSeconds(10)));
            }
        }

        Assert.Equal(Enumerable.Range(0, 60).Select(number => $"t{number}"), LogWorld.Ids(Log, out var problems));
        Assert.Empty(problems);
        Assert.True(Directory.EnumerateFiles(Log, compresses ? "*.plogz" : "*.plog").Count() > 3);
        Assert.Equal(60, LogWorld.Replay(_folder, Log).Equal);
    }

    [Fact]
    public async Task Retention_BySize_DropsTheOldestAndSaysWhereTheLogBegins()
    {
        LogOptions options = LogWorld.Quick with { SegmentBytes = 4096, RetainBytes = 10_000 };
        await using (var world = new LogWorld(_folder, options))
        {
            for (int number = 0; number < 60; number++)
            {
                await world.ScoreAllAsync(number, 1);
                SpinWait.SpinUntil(() => world.Log.Status.WaitingBytes == 0, TimeSpan.FromSeconds(10));
            }

            Assert.True(SpinWait.SpinUntil(
                () => world.Log.Status is { Dropped: > 2, FolderBytes: < 10_000 }, TimeSpan.FromSeconds(10)));
        }

        string[] ids = LogWorld.Ids(Log, out IReadOnlyList<LogProblem> problems);
        Assert.Empty(problems);
        Assert.Equal("t59", ids[^1]);
        Assert.InRange(ids.Length, 2, 40);

        File.Delete(Directory.EnumerateFiles(Log, "*.plog").Order(StringComparer.Ordinal).First());
        LogWorld.Ids(Log, out problems);
        Assert.Equal(LogProblemKind.Missing, Assert.Single(problems).Kind);
    }

    [Fact]
    public async Task Load_BundleWithMasksAndNoKey_IsRefused()
    {
        PayScript.Publish(_folder, "email");
        await using var world = new LogWorld(_folder, LogWorld.Quick);
        VersionStatus status = Assert.Single(world.Engine.Versions);
        Assert.Equal(VersionState.Failed, status.State);
        Assert.Contains("masked fields (email)", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_BundleWithMasks_SealsTheFieldAndKeepsTheRest()
    {
        PayScript.Publish(_folder, "email", "card");
        LogKeys keys = LogKeys.Parse($"k {Convert.ToBase64String(new byte[LogKeys.KeySize])}", "key");
        await using (var world = new LogWorld(_folder, LogWorld.Quick with { Keys = keys }))
        {
            await world.ScoreAllAsync(0, 6);
        }

        JsonNode[] closed = [.. LogWorld.Lines(Log, out _).Select(line => JsonNode.Parse(line)!)];
        Assert.All(closed, record => Assert.Null(record["request"]!["email"]));
        Assert.Equal("[\"card\",\"email\"]", closed[0]["masked"]!.ToJsonString());
        string card = closed[0]["request"]!["card"]!.GetValue<string>();
        Assert.StartsWith("hmac:k:", card, StringComparison.Ordinal);
        Assert.All(closed, record => Assert.Equal(card, record["request"]!["card"]!.GetValue<string>()));

        JsonNode[] open = [.. LogWorld.Lines(Log, out _, keys).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal("person0@example.org", open[0]["request"]!["email"]!.GetValue<string>());
        Assert.Equal("[\"card\"]", open[0]["masked"]!.ToJsonString());

        ReplayReport without = LogWorld.Replay(_folder, Log);
        Assert.Equal((6, 6, 0), (without.Masked, without.FromFeatures, without.Different));
        ReplayReport with = LogWorld.Replay(_folder, Log, keys);
        Assert.Equal((6, 0), (with.Equal, with.Masked));
    }

    // A field that traffic is split by keeps equal values equal, whoever says so: a version's masks follow its table.
    [Fact]
    public async Task Score_SplitByAMaskedField_HashesItFromThenOn()
    {
        PayScript.Publish(_folder, "email");
        LogKeys keys = LogKeys.Parse($"k {Convert.ToBase64String(new byte[LogKeys.KeySize])}", "key");
        await using (var world = new LogWorld(_folder, LogWorld.Quick with { Keys = keys }))
        {
            await world.ScoreAllAsync(0, 2);
            ActResult act = world.Engine.Traffic.SetTraffic(
                "pay", new TrafficRequest(null, null, "email"), new ActOrigin("tester", ""));
            Assert.True(act.Code == ErrorCode.None, act.Message);
            await world.ScoreAllAsync(2, 2);
        }

        JsonNode[] closed = [.. LogWorld.Lines(Log, out _).Select(line => JsonNode.Parse(line)!)];
        Assert.Null(closed[0]["request"]!["email"]);
        Assert.StartsWith("hmac:k:", closed[2]["request"]!["email"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_AfterWarmUp_AllocatesNothing()
    {
        await using var world = new LogWorld(_folder, LogWorld.Quick with { BufferBytes = 4 << 20 });
        Assert.Equal(ErrorCode.None, world.Engine.Rent("pay", 0, out ScoringContext? context));
        using (context)
        {
            PayScript.Fill(context!.Rows, 1, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            Assert.Equal(ErrorCode.None, world.Engine.Score(context));
            world.Log.Append(context);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int answer = 0; answer < 1000; answer++)
            {
                world.Log.Append(context);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(LogOutcome.Relaxed, context.Log);
        }
    }

    // A ring that nobody empties: refuse ends answers, count lets them go and says how many are lost.
    [Theory]
    [InlineData(false, LogOutcome.Refused)]
    [InlineData(true, LogOutcome.Lost)]
    public async Task Append_RingIsFull_RefusesOrCounts(bool counts, LogOutcome expected)
    {
        LogOptions options = LogWorld.Quick with
        {
            BufferBytes = 8192, CountsWhenFull = counts, WriteInterval = TimeSpan.FromSeconds(10),
        };
        await using (var world = new LogWorld(_folder, options))
        {
            Assert.Equal(ErrorCode.None, world.Engine.Rent("pay", 0, out ScoringContext? context));
            using (context)
            {
                PayScript.Fill(context!.Rows, 1, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
                world.Engine.Score(context);
                for (int answer = 0; answer < 100_000 && context.Log == LogOutcome.Relaxed; answer++)
                {
                    world.Log.Append(context);
                }

                Assert.Equal(expected, context.Log);
                Assert.Equal(counts ? 1 : 0, world.Log.Status.Lost);
            }
        }

        string last = LogWorld.Lines(Log, out _)[^1];
        Assert.Equal(counts, last.StartsWith("{\"lost\":{\"answers\":1,", StringComparison.Ordinal));
    }

    private static string Shared(string line)
    {
        JsonObject all = JsonNode.Parse(line)!.AsObject();
        return new JsonObject(s_shared.Select(name => KeyValuePair.Create(name, all[name]?.DeepClone())))
            .ToJsonString();
    }
}
