using System.Diagnostics;
using Serving.State.Embedded;
using static Serving.State.Tests.Embedded.StateFixture;

namespace Serving.State.Tests.Embedded;

/// <summary>Second holders, and disks that fail; hardening.md 107, 113, 114.</summary>
public sealed class FolderFailureTests
{
    [Fact]
    public async Task Open_FolderThatIsHeld_NamesTheHolder()
    {
        using StateFixture fixture = new();
        await using EmbeddedWindowStore store = fixture.Open();
        FolderHeldException held = Assert.Throws<FolderHeldException>(() => fixture.Open());
        Assert.Equal(Environment.ProcessId, held.Holder);
        Assert.Contains($"process {Environment.ProcessId}", held.Message, StringComparison.Ordinal);
        _ = await ExchangeAsync(store, 1, [1, 2], isDurable: true);
        Assert.Equal(
            new byte[] { 1, 2 }, EmbeddedFolder.Read(fixture.Folder, KeyOf(1), default)[BlobHeader.Size..]);
        Assert.Empty((await EmbeddedFolder.VerifyAsync(fixture.Folder, null, default)).Problems);
        Assert.Equal(Environment.ProcessId, EmbeddedFolder.HolderOf(fixture.Folder));
    }

    [Fact]
    public async Task Verify_BesideAWriter_FindsNothing()
    {
        using StateFixture fixture = new();
        await using EmbeddedWindowStore store = fixture.Open(Options with { SegmentBytes = 1 << 14 });
        for (int i = 0; i < 30; i++)
        {
            for (int k = 0; k < 200; k++)
            {
                _ = await ExchangeAsync(store, k, MergingCompactor.Record(i));
            }

            if (i % 10 == 5)
            {
                store.WriteSnapshot();
            }

            Assert.Empty((await EmbeddedFolder.VerifyAsync(fixture.Folder, null, default)).Problems);
        }
    }

    [Fact]
    public async Task Exchange_LogFolderGone_IsUnavailableThenHeals()
    {
        using StateFixture fixture = new();
        EmbeddedWindowStore store = fixture.Open(Options with { SegmentBytes = 1 << 12 });
        Assert.Equal(StateOutcome.Read, await OutcomeAsync(store, 1, [1], isDurable: true));
        string moved = fixture.Folder + "-moved";
        Directory.Move(fixture.Folder, moved);
        try
        {
            // The open segment still works; the next one cannot be made.
            for (int i = 0; !store.Status.IsLogFailing!.Value; i++)
            {
                Assert.True(i < 10_000, "the log goes on without its folder");
                _ = await OutcomeAsync(store, 2, new byte[100], isDurable: true);
            }

            Assert.Equal(StateOutcome.Unavailable, await OutcomeAsync(store, 3, [1], isDurable: true));
            Assert.Equal(StateOutcome.Read, await OutcomeAsync(store, 4, [7]));
            Assert.NotNull(store.Status.LogError);
        }
        finally
        {
            Directory.Move(moved, fixture.Folder);
        }

        await HealedAsync(store);
        Assert.Equal(StateOutcome.Read, await OutcomeAsync(store, 3, [1], isDurable: true));
        byte[][] content = await ContentAsync(store, 5);
        using StateFixture killed = fixture.Copy();
        await using (EmbeddedWindowStore recovered = killed.Open())
        {
            Assert.Equal(content, await ContentAsync(recovered, 5));
        }

        await store.DisposeAsync();
    }

    [Fact]
    public async Task Exchange_DiskFullThenFreed_IsReportedAndHeals()
    {
        using MountedFolder disk = MountedFolder.Small(megabytes: 6);
        using StateFixture fixture = new(disk.Folder);
        await using EmbeddedWindowStore store = fixture.Open(Options with { TailBytesMax = 1 << 20 });
        Assert.Equal(StateOutcome.Read, await OutcomeAsync(store, 0, [1], isDurable: true));
        string filler = Path.Combine(disk.Folder, "filler");
        FillUp(filler);
        int lost = 0;
        int refused = 0;
        for (int i = 0; i < 4000; i++)
        {
            StateOutcome outcome = await OutcomeAsync(store, i % 40, new byte[1500], isDurable: i % 50 == 0);
            lost += outcome == StateOutcome.Lost ? 1 : 0;
            refused += outcome == StateOutcome.Unavailable ? 1 : 0;
        }

        Assert.True(lost > 0 && refused > 0, $"{lost} lost, {refused} refused");
        Assert.Equal(lost, store.Status.AppendsLost);
        File.Delete(filler);
        await HealedAsync(store);
        await store.FlushAsync(default);
        Assert.Equal(StateOutcome.Read, await OutcomeAsync(store, 50, [5], isDurable: true));
        byte[][] content = await ContentAsync(store, 51);
        using StateFixture killed = fixture.Copy();
        await using EmbeddedWindowStore recovered = killed.Open();
        Assert.Equal(content, await ContentAsync(recovered, 51));
    }

    // Durable exchanges are what wakes the log while it fails, so no clock is needed here.
    private static async Task HealedAsync(EmbeddedWindowStore store)
    {
        long start = Stopwatch.GetTimestamp();
        while (store.Status.IsLogFailing!.Value)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), store.Status.LogError);
            await Task.Yield();
        }
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
