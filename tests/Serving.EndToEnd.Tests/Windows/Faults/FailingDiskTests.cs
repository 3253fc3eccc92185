using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Grpc.Core;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;
using Serving.State.Tests.Embedded;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>
/// A disk that fails below a running server (hardening.md 107, 108; section 3, 6 and 8): events are refused, scores go
/// on, metrics and the log say why, and it heals by itself without a gap.
/// </summary>
public sealed class FailingDiskTests
{
    private const string Strace = "/usr/bin/strace";

    [Theory]
    [InlineData("fdatasync:error=EIO", "errno 5")]
    [InlineData("fdatasync:error=ENOSPC", "errno 28")]
    public async Task Disk_SyncsFail_IsReportedAndHeals(string injection, string reason)
    {
        Assert.SkipUnless(File.Exists(Strace), "strace is not installed");
        using FaultWorld world = new();
        await using ServingProcess server = await ServingProcess.StartAsync(
            world, world["state"], world["records.jsonl"]);
        long sure = await FillAsync(server, first: 1, count: 20);
        using (Process tracer = Attach(server, injection))
        {
            await FailsAsync(server, reason);
            await DetachAsync(tracer);
        }

        await HealsAsync(world, server, sure);
    }

    [Fact]
    public async Task Disk_FullThenFreed_IsReportedAndHeals()
    {
        using FaultWorld world = new();
        using MountedFolder disk = MountedFolder.Small(megabytes: 4);
        await using ServingProcess server = await ServingProcess.StartAsync(
            world, disk.Folder, world["records.jsonl"]);
        long sure = await FillAsync(server, first: 1, count: 20);
        string filler = Path.Combine(disk.Folder, "filler");
        FillUp(filler);
        await FailsAsync(server, "errno 28", "No space left");
        File.Delete(filler);
        await HealsAsync(world, server, sure, disk.Folder);
    }

    private static async Task<long> FillAsync(ServingProcess server, int first, int count)
    {
        for (int id = first; id < first + count; id++)
        {
            await IngestAsync(server, id);
            await ScoreAsync(server, id);
        }

        return count;
    }

    private static async Task IngestAsync(ServingProcess server, long id)
    {
        Row row = FaultWorld.RowOf(EventOf(id, isIngest: true));
        var request = new IngestRequest { Set = "pay", Event = "chargeback", Rows = { row } };
        IngestResponse answer = await server.Client.IngestAsync(request);
        Assert.Equal(1u, answer.Accepted + answer.Duplicate);
    }

    private static async Task ScoreAsync(ServingProcess server, long id)
    {
        ScoreResponse answer = await server.Client.ScoreAsync(
            new ScoreRequest { Model = "pay", Row = FaultWorld.RowOf(EventOf(id, false)) });
        Assert.False(answer.Degraded);
    }

    private static JournalEvent EventOf(long id, bool isIngest) => new()
    {
        IsIngest = isIngest, Id = id, Card = FaultWorld.Card(0), Cents = 100, At = FaultWorld.NowMs,
    };

    // Ingests are refused, at once once the log is known to fail; scores are answered from memory.
    private static async Task FailsAsync(ServingProcess server, params string[] reasons)
    {
        long start = Stopwatch.GetTimestamp();
        int refused = 0;
        for (int id = 100_000; refused < 5; id++)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience.Longest, "the failure is hidden");
            try
            {
                await IngestAsync(server, id);
            }
            catch (RpcException failed) when (failed.StatusCode == StatusCode.Unavailable)
            {
                Assert.Contains("did not confirm", failed.Status.Detail, StringComparison.Ordinal);
                refused++;
            }

            await ScoreAsync(server, id);
        }

        Assert.Equal(1, await server.MetricAsync("serving_state_log_failing"));
        Assert.StartsWith(
            "ok", await server.Http.GetStringAsync(new Uri("/livez", UriKind.Relative)), StringComparison.Ordinal);
        await server.SaysAsync(reasons);
    }

    // What was confirmed before and behind the failure outlives a kill.
    private static async Task HealsAsync(FaultWorld world, ServingProcess server, long sure, string? folder = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (await server.MetricAsync("serving_state_log_failing") > 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience.Longest, "it does not heal");
            try
            {
                await IngestAsync(server, 1);
            }
            catch (RpcException failed) when (failed.StatusCode == StatusCode.Unavailable)
            {
                await Task.Delay(20);
            }
        }

        sure += await FillAsync(server, first: 1000, count: 20);
        await ScoreAsync(server, 1);
        server.Kill();
        JsonObject dump = await world.DumpAsync(
            folder ?? world["state"], "chargeback", FaultWorld.Card(0), FaultWorld.NowMs);
        Assert.True(FaultWorld.CountOf(dump) >= sure, dump["values"]!.ToJsonString());
        await using ServingProcess again = await ServingProcess.StartAsync(
            world, folder ?? world["state"], world["records.jsonl"]);
        await ScoreAsync(again, 2);
        Assert.Equal(0, await again.StopAsync());
        await world.ReplayWithoutDifferenceAsync(world["records.jsonl"]);
    }

    private static Process Attach(ServingProcess server, string injection)
    {
        Process tracer = Process.Start(new ProcessStartInfo(
            Strace,
            ["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", $"inject={injection}", "-p",
                server.Id.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        if (tracer.WaitForExit(TimeSpan.FromMilliseconds(500)))
        {
            string why = tracer.StandardError.ReadToEnd();
            tracer.Dispose();
            Assert.Skip($"no process may be traced here: {why}");
        }

        return tracer;
    }

    private static async Task DetachAsync(Process tracer)
    {
        using Process interrupt = Process.Start("kill", ["-INT", tracer.Id.ToString(CultureInfo.InvariantCulture)]);
        using CancellationTokenSource limit = new(Patience.Longest);
        await tracer.WaitForExitAsync(limit.Token);
    }

    private static void FillUp(string path)
    {
        using FileStream filler = File.Create(path, bufferSize: 1);
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
