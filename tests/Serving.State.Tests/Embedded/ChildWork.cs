using System.Diagnostics;
using System.Globalization;
using Serving.State.Embedded;
using static Serving.State.Tests.Embedded.StateFixture;

namespace Serving.State.Tests.Embedded;

/// <summary>What a child process does; run as tests of their own these do nothing and say so.</summary>
public sealed class ChildWork
{
    /// <summary>In front of each line for the parent; the runner writes others.</summary>
    public const string Mark = "child: ";

    /// <summary>Number of keys that the work uses.</summary>
    public const int Keys = 20;

    /// <summary>The record with a number: 4 bytes behind their length.</summary>
    public static byte[] RecordOf(int number) => [4, .. BitConverter.GetBytes(number)];

    /// <summary>Appends until it is killed; each line: durable or not, number, time.</summary>
    [Fact]
    public async Task Child_AppendsWithoutEnd_UntilKilled()
    {
        string folder = FolderOrSkip();
        await using EmbeddedWindowStore store =
            EmbeddedWindowStore.Open(folder, Options with { SegmentBytes = 1 << 14, TailBytesMax = 1 << 20 });
        int next = int.Parse(
            File.ReadAllText(Path.Combine(folder, "next")), NumberStyles.None, CultureInfo.InvariantCulture);
        for (int number = next; ; number++)
        {
            bool isDurable = number % 8 == 0;
            StateOutcome outcome = await OutcomeAsync(store, number % Keys, RecordOf(number), isDurable);
            Tell($"{(isDurable ? 'D' : 'N')} {number} {Stopwatch.GetTimestamp()} {outcome}");
            if (number % 3000 == 2999)
            {
                store.WriteSnapshot();
            }
        }
    }

    /// <summary>Appends durably; each line: number and outcome.</summary>
    [Fact]
    public async Task Child_AppendsDurably_OnAFailingDisk()
    {
        EmbeddedWindowStore store = EmbeddedWindowStore.Open(FolderOrSkip(), Options);
        int hopes = 2;
        for (int number = 0; number < 40; number++)
        {
            StateOutcome outcome = await OutcomeAsync(store, number % Keys, RecordOf(number), isDurable: true);
            EmbeddedStatus status = store.Status;
            Tell($"{number} {outcome} {status.LogFailures} {status.LogError}");

            hopes -= await IsHealedAsync(store, hopes) ? 0 : 1;
        }

        await store.DisposeAsync();
        Tell("end");
    }

    // A failing store refuses at once; one whose disk heals is given the time to see it.
    private static async Task<bool> IsHealedAsync(EmbeddedWindowStore store, int hopes)
    {
        long start = Stopwatch.GetTimestamp();
        while (hopes > 0 && store.Status.IsLogFailing!.Value
            && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(3))
        {
            await Task.Yield();
        }

        return !store.Status.IsLogFailing!.Value;
    }

    private static void Tell(string line)
    {
        Console.Out.Write(Mark + line + "\n");
        Console.Out.Flush();
    }

    private static string FolderOrSkip()
    {
        string? folder = Environment.GetEnvironmentVariable(ChildProcess.FolderVariable);
        Assert.SkipWhen(folder is null, "runs in child processes of other tests alone");
        return folder!;
    }
}
