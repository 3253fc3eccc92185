using System.Diagnostics;
using Grpc.Core;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.EndToEnd.Tests.Windows.Faults;
using Serving.State.Tests.Embedded;

namespace Serving.EndToEnd.Tests.Logs;

/// <summary>
/// A disk that fails below a prediction log (hardening.md 107, 108; section 3, 6 to 8): no answer goes that the log
/// does not have, the failure is told, and it heals by itself without a gap.
/// </summary>
public sealed class LogDiskTests
{
    [Theory]
    [InlineData("fdatasync:error=EIO", "errno 5")]
    [InlineData("fdatasync:error=ENOSPC", "errno 28")]
    public async Task Strict_SyncsFail_RefusesAndHealsWithoutAGap(string injection, string reason)
    {
        using FaultWorld world = new();
        await using ServingProcess server = await StartAsync(world, world["log"], "--log-mode", "strict");
        var load = new LogLoad();
        await AnswersAsync(load, server, 20);
        using (Process tracer = Tracer.Attach(server, injection))
        {
            await UntilRefusedAsync(load, server);
            await server.SaysAsync(reason);
            await Tracer.DetachAsync(tracer);
        }

        await HealsAsync(world, load, server, world["log"]);
    }

    // One failed sync: the segment is sealed, and the same records are synced in a new one.
    [Fact]
    public async Task Strict_OneSyncFails_AnswersFromANewSegment()
    {
        using FaultWorld world = new();
        await using ServingProcess server = await StartAsync(world, world["log"], "--log-mode", "strict");
        var load = new LogLoad();
        await AnswersAsync(load, server, 5);
        using (Process tracer = Tracer.Attach(server, "fdatasync:error=EIO:when=1"))
        {
            await AnswersAsync(load, server, 10);
            await Tracer.DetachAsync(tracer);
        }

        await HealsAsync(world, load, server, world["log"]);
        Assert.True(Directory.GetFiles(world["log"], "*.plog*").Length > 1);
    }

    [Theory]
    [InlineData("strict")]
    [InlineData("relaxed")]
    public async Task Disk_FullThenFreed_RefusesAndHeals(string mode)
    {
        using FaultWorld world = new();
        using MountedFolder disk = MountedFolder.Small(megabytes: 8);
        string log = Path.Combine(disk.Folder, "log");
        await using ServingProcess server = await StartAsync(world, log, "--log-mode", mode);
        var load = new LogLoad();
        await AnswersAsync(load, server, 20);
        string filler = Path.Combine(disk.Folder, "filler");
        FillUp(filler);
        await UntilRefusedAsync(load, server, () => FillUp(filler + "2"));
        string ready = await ReadyAsync(server);
        Assert.Contains("log", ready, StringComparison.Ordinal);
        File.Delete(filler);
        File.Delete(filler + "2");
        await HealsAsync(world, load, server, log);
    }

    [Fact]
    public async Task Relaxed_FullAndCounting_AnswersAndCountsTheLoss()
    {
        using FaultWorld world = new();
        using MountedFolder disk = MountedFolder.Small(megabytes: 8);
        string log = Path.Combine(disk.Folder, "log");
        File.WriteAllText(world["config.yaml"], "log-on-full: count\n");
        await using ServingProcess server = await StartAsync(world, log, "--config", world["config.yaml"]);
        var load = new LogLoad();
        await AnswersAsync(load, server, 20);
        string filler = Path.Combine(disk.Folder, "filler");
        FillUp(filler);
        long start = Stopwatch.GetTimestamp();
        while (await server.MetricAsync("serving_log_lost") == 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience.Longest, "no loss is counted");
            Assert.Null(await load.ScoreAsync(server));
            FillUp(filler + "2");
        }

        File.Delete(filler);
        File.Delete(filler + "2");
        Dictionary<long, double> scores = await StopAsync(server, log);
        long lost = load.Answers.Count(answer => !scores.ContainsKey(answer.Key));
        Assert.Equal(lost, load.Answers.Count(answer => answer.Value.Answer.Log == "lost"));
    }

    [Fact]
    public async Task Strict_SlowSyncs_RefuseByTheDeadlineOrRelax()
    {
        using FaultWorld world = new();
        File.WriteAllText(world["config.yaml"], "log-on-slow: relaxed\nmodels: { pay: { deadline: 400ms } }\n");
        await using ServingProcess server = await StartAsync(
            world, world["log"], "--log-mode", "strict", "--config", world["config.yaml"]);
        var load = new LogLoad();
        while (load.Answers.Count < 5)
        {
            // The first calls are slow by themselves.
            await load.ScoreAsync(server);
        }

        using (Process tracer = Tracer.Attach(server, "fdatasync:delay_enter=1000000"))
        {
            long start = Stopwatch.GetTimestamp();
            while (!load.Answers.Values.Any(answer => answer.Answer.Log == "relaxed"))
            {
                Assert.True(Stopwatch.GetElapsedTime(start) < Patience.Longest, "nobody is told of slow syncs");
                await load.ScoreAsync(server);
            }

            await Tracer.DetachAsync(tracer);
        }

        await StopAsync(server, world["log"]);
    }

    private static Task<ServingProcess> StartAsync(FaultWorld world, string log, params string[] more) =>
        ServingProcess.StartAsync(world, "memory", world["records.jsonl"], ["--log", log, .. more]);

    private static async Task AnswersAsync(LogLoad load, ServingProcess server, int count)
    {
        for (int index = 0; index < count; index++)
        {
            Assert.Null(await load.ScoreAsync(server));
        }
    }

    private static async Task UntilRefusedAsync(LogLoad load, ServingProcess server, Action? meanwhile = null)
    {
        long start = Stopwatch.GetTimestamp();
        int refused = 0;
        while (refused < 3)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience.Longest, "the failure is hidden");
            meanwhile?.Invoke();
            if (await load.ScoreAsync(server) is { } code)
            {
                Assert.Equal(StatusCode.Unavailable, code);
                refused++;
            }
        }
    }

    private static async Task HealsAsync(FaultWorld world, LogLoad load, ServingProcess server, string log)
    {
        long start = Stopwatch.GetTimestamp();
        while (await load.ScoreAsync(server) is not null || await ReadyAsync(server) is not "ok")
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience.Longest, "it does not heal");
            await Task.Delay(20);
        }

        await AnswersAsync(load, server, 20);
        server.Kill();
        Dictionary<long, double> scores = await LogFolderCheck.ScoresAsync(log);
        IEnumerable<long> sure = load.Answers.Where(answer => answer.Value.Answer.Log == "durable")
            .Select(answer => answer.Key);
        Assert.Empty(sure.Except(scores.Keys));
        await using ServingProcess again = await StartAsync(world, log);
        await StopAsync(again, log);
    }

    private static async Task<string> ReadyAsync(ServingProcess server)
    {
        using HttpResponseMessage answer = await server.Http.GetAsync(new Uri("/readyz", UriKind.Relative));
        string text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? "ok" : text;
    }

    private static async Task<Dictionary<long, double>> StopAsync(ServingProcess server, string log)
    {
        Assert.Equal(0, await server.StopAsync());
        Assert.Empty(await LogFolderCheck.ProblemsAsync(log));
        return await LogFolderCheck.ScoresAsync(log);
    }

    private static void FillUp(string path)
    {
        using FileStream filler = new(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 1);
        try
        {
            while (true)
            {
                filler.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // The disk is full.
        }
    }
}
