using System.Diagnostics;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.State.Embedded;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>
/// A server with a state folder is killed under a load of scores and ingests, again and again (hardening.md 110;
/// section 3, 2): what was promised is there, once.
/// </summary>
public sealed class KillTests
{
    // What a kill may take of the scores' own events.
    private static readonly TimeSpan s_mayLose = TimeSpan.FromMilliseconds(100);

    [Fact]
    public Task Kill_TwentyTimesUnderLoad_KeepsWhatWasPromised() => KillAsync(20, seed: 1);

    [Fact]
    [Trait("Category", "Nightly")]
    public Task Kill_TwoHundredTimesUnderLoad_KeepsWhatWasPromised() =>
        KillAsync(Nightly.Count(200, 200, "SERVING_KILLS"), seed: 2);

    private static async Task KillAsync(int kills, int seed)
    {
        using FaultWorld world = new();
        using Hiccups hiccups = new();
        KillLoad load = new(seed);
        Random random = new(seed);
        int lost = 0;
        int torn = 0;
        ServingProcess server = await ServingProcess.StartAsync(world, world["state"], world["records.jsonl"]);
        try
        {
            for (int kill = 1; kill <= kills; kill++)
            {
                await using ServingProcess killed = server;
                Task working = load.RunAsync(server.Client);
                await UntilBothAsync(load, working);
                await Task.Delay(random.Next(400));
                TimeSpan mayLose = s_mayLose + hiccups.Recent;
                long at = Stopwatch.GetTimestamp();
                server.Kill();
                await working;
                Copy(world["state"], world["killed"]);

                StateCheck check = new(world, [.. load.Events]);
                (server, byte[][] blobs, long cut) = await RestartAsync(world, check);
                check.Check(blobs, at, mayLose);
                lost += check.LostAnswered;
                torn += cut > 0 ? 1 : 0;
            }

            await CheckCommandsAsync(world, load);
            Assert.Equal(0, await server.StopAsync());
        }
        finally
        {
            await server.DisposeAsync();
        }

        string replayed = await world.ReplayWithoutDifferenceAsync(world["records.jsonl"]);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{load.Events.Count()} events, {lost} answered scores' events lost, {torn} torn entries; {replayed}");
        Assert.True(lost + torn > 0, "no kill cut a tail: the load is too slow to test anything");
    }

    private static async Task UntilBothAsync(KillLoad load, Task working)
    {
        long start = Stopwatch.GetTimestamp();
        while (load.Scored < 20 || load.Ingested < 5)
        {
            if (working.IsCompleted)
            {
                await working;
                Assert.Fail("the server ended by itself");
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < Patience.Longest, "no load comes about");
            await Task.Delay(5);
        }
    }

    // The next server reads its folder while the copy is read.
    private static async Task<(ServingProcess Server, byte[][] Blobs, long CutBytes)> RestartAsync(
        FaultWorld world, StateCheck check)
    {
        Task<(byte[][] Blobs, long CutBytes)> recovering = Task.Run(() => RecoverTwiceAsync(world, check));
        ServingProcess server = await ServingProcess.StartAsync(world, world["state"], world["records.jsonl"]);
        try
        {
            (byte[][] blobs, long cut) = await recovering;
            return (server, blobs, cut);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    // What the first recovery finds, the second one, of what the first left, finds too.
    private static async Task<(byte[][] Blobs, long CutBytes)> RecoverTwiceAsync(FaultWorld world, StateCheck check)
    {
        var options = new EmbeddedOptions { Time = TimeProvider.System };
        await using EmbeddedWindowStore first = EmbeddedWindowStore.Open(world["killed"], options);
        byte[][] blobs = await ReadAsync(first, check);
        Copy(world["killed"], world["again"]);
        await using EmbeddedWindowStore second = EmbeddedWindowStore.Open(world["again"], options);
        Assert.Equal(blobs, await ReadAsync(second, check));
        return (blobs, first.Status.CutBytes);
    }

    private static async Task<byte[][]> ReadAsync(EmbeddedWindowStore store, StateCheck check)
    {
        byte[][] blobs = new byte[check.Keys.Length][];
        for (int index = 0; index < blobs.Length; index++)
        {
            blobs[index] = await store.ReadAsync(check.Keys[index].Key, CancellationToken.None);
        }

        return blobs;
    }

    // Beside the server that runs, as an operator looks.
    private static async Task CheckCommandsAsync(FaultWorld world, KillLoad load)
    {
        string card = FaultWorld.Card(0);
        foreach (bool isIngest in new[] { false, true })
        {
            var dump = await world.DumpAsync(
                world["state"], isIngest ? "chargeback" : "txn", card, FaultWorld.NowMs);
            JournalEvent[] there =
                [.. load.Events.Where(sent => sent.IsThere && sent.IsIngest == isIngest && sent.Card == card)];
            Assert.Equal(there.Length, FaultWorld.CountOf(dump));
            Assert.Equal(there.Sum(sent => sent.Cents), FaultWorld.SumOf(dump));
        }
    }

    private static void Copy(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        Directory.CreateDirectory(to);
        foreach (string name in Directory.GetFiles(from).Select(path => Path.GetFileName(path)))
        {
            if (name is not ("lock" or "holder"))
            {
                File.Copy(Path.Combine(from, name), Path.Combine(to, name));
            }
        }
    }
}
