using System.Diagnostics;
using System.Globalization;
using Serving.State.Embedded;
using static Serving.State.Tests.Embedded.StateFixture;

namespace Serving.State.Tests.Embedded;

/// <summary>
/// Real processes that are killed, and system calls that fail (hardening.md 108; section 3, 2 and 6).
/// </summary>
public sealed class ChildProcessTests
{
    private const int Kills = 4;

    // Far above the few milliseconds that the log's thread takes: this machine may be busy.
    private static readonly TimeSpan s_writtenAfter = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task Child_KilledAtRandom_KeepsWhatWasDurableOnceAndInOrder()
    {
        using StateFixture fixture = new();
        Random random = new(11);
        int next = 0;
        List<int> sure = [];
        for (int kill = 0; kill < Kills; kill++)
        {
            File.WriteAllText(Path.Combine(fixture.Folder, "next"), next.ToString(CultureInfo.InvariantCulture));
            next = RunAndKill(fixture.Folder, random.Next(200, 4000), sure);
            HashSet<int> found = await NumbersAsync(fixture);
            Assert.Empty(sure.Except(found));
            next = Math.Max(next, found.Max()) + 1;
        }

        Assert.True(sure.Count > 100 * Kills, $"only {sure.Count} appends were sure");
    }

    [Theory]
    [InlineData("fdatasync:error=EIO:when=7")]
    [InlineData("fdatasync:error=EIO:when=7+")]
    [InlineData("fdatasync,fsync:error=ENOSPC:when=9+")]
    [InlineData("pwrite64:error=EDQUOT:when=12+")]
    public async Task Child_SystemCallFails_IsReportedAndNothingAcknowledgedIsLost(string injected)
    {
        string strace = StraceOrSkip();
        using StateFixture fixture = new();
        using ChildProcess child = ChildProcess.Start(
            nameof(ChildWork.Child_AppendsDurably_OnAFailingDisk),
            fixture.Folder,
            strace, "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null",
            "-e", "trace=fsync,fdatasync,pwrite64", "-e", $"inject={injected}");
        List<int> sure = [];
        int unavailable = 0;
        string? line;
        while ((line = child.NextLine()) is not (null or "end"))
        {
            string[] parts = line.Split(' ', 4);
            bool isSure = parts[1] == nameof(StateOutcome.Read);
            unavailable += isSure ? 0 : 1;
            if (isSure)
            {
                sure.Add(int.Parse(parts[0], CultureInfo.InvariantCulture));
            }
            else
            {
                Assert.NotEqual("0", parts[2]);
                Assert.NotEmpty(parts[3]);
            }
        }

        Assert.Equal("end", line);
        Assert.True(unavailable > 0, "the failure was hidden");
        Assert.Equal(injected.EndsWith('+'), sure.Count < 30);
        Assert.Empty(sure.Except(await NumbersAsync(fixture)));
    }

    // Returns the last number that the child told of; adds the numbers that must be found again.
    private static int RunAndKill(string folder, int lines, List<int> sure)
    {
        using ChildProcess child = ChildProcess.Start(nameof(ChildWork.Child_AppendsWithoutEnd_UntilKilled), folder);
        List<(bool IsDurable, int Number, long Time)> told = [];
        long killed = 0;
        while (child.NextLine() is { } line)
        {
            string[] parts = line.Split(' ');
            Assert.Equal(nameof(StateOutcome.Read), parts[3]);
            told.Add((
                parts[0] == "D",
                int.Parse(parts[1], CultureInfo.InvariantCulture),
                long.Parse(parts[2], CultureInfo.InvariantCulture)));
            if (told.Count == lines)
            {
                killed = Stopwatch.GetTimestamp();
                child.Kill();
            }
        }

        Assert.NotEqual(0, killed);
        sure.AddRange(told
            .Where(one => one.IsDurable || Stopwatch.GetElapsedTime(one.Time, killed) > s_writtenAfter)
            .Select(one => one.Number));
        return told[^1].Number;
    }

    // All numbers that the folder holds: each once, ascending in each key.
    private static async Task<HashSet<int>> NumbersAsync(StateFixture fixture)
    {
        HashSet<int> found = [];
        await using EmbeddedWindowStore store = fixture.Open();
        foreach (byte[] blob in await ContentAsync(store, ChildWork.Keys))
        {
            int last = -1;
            for (int at = BlobHeader.Size; at < blob.Length; at += 5)
            {
                int number = BitConverter.ToInt32(blob, at + 1);
                Assert.True(number > last, $"{number} behind {last}");
                Assert.True(found.Add(number));
                last = number;
            }
        }

        return found;
    }

    private static string StraceOrSkip()
    {
        const string Strace = "/usr/bin/strace";
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(Strace), "strace is not installed");
        using Process probe = Process.Start(
            new ProcessStartInfo(Strace, ["-qq", "-o", "/dev/null", "true"])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            })!;
        _ = probe.StandardError.ReadToEnd();
        probe.WaitForExit();
        Assert.SkipUnless(probe.ExitCode == 0, "no process may be traced here");
        return Strace;
    }
}
