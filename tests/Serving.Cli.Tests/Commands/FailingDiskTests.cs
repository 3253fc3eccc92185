using System.Diagnostics;
using Serving.Cli.Tests.Running;

namespace Serving.Cli.Tests.Commands;

/// <summary>
/// A disk that reports errors, by strace's injection into the system calls of the whole program: .NET's own flush
/// returns normally for each of them, so a bundle that is lost at the next loss of power would be called written.
/// </summary>
public sealed class FailingDiskTests : IDisposable
{
    private const string Strace = "/usr/bin/strace";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("fdatasync", "EIO", 1, "m.bundle", "fdatasync failed: Input/output error (errno 5)")]
    [InlineData("fdatasync", "ENOSPC", 2, "m", "fdatasync failed: No space left on device (errno 28)")]
    [InlineData("fdatasync", "EDQUOT", 1, "m", "fdatasync failed: Disk quota exceeded (errno 122)")]
    [InlineData("fsync", "EIO", 1, "m", "fsync of the folder")]
    public async Task Pack_SyncFails_SaysSoAndLeavesNothing(
        string call, string error, int when, string name, string message)
    {
        (CommandRun run, _) = await PackAsync(name, $"{call}:error={error}:when={when}");

        Assert.True(run.ExitCode is not 0, run.Out);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["out"]));
    }

    /// <summary>The folder above is synced last: the bundle has its name; nobody knows if it stays.</summary>
    [Fact]
    public async Task Pack_LastSyncFails_SaysSo()
    {
        (CommandRun run, _) = await PackAsync("m.bundle", "fsync:error=EIO:when=1");

        Assert.True(run.ExitCode is not 0, run.Out);
        Assert.Contains("Input/output error (errno 5)", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pack_SyncInterrupted_IsRepeated()
    {
        (CommandRun run, string trace) = await PackAsync("m", "fdatasync,fsync:error=EINTR:when=1..3");

        run.Expect(0);
        string[] calls = [.. trace.Split('\n').Where(line => line.Contains("sync(", StringComparison.Ordinal))];
        Assert.Equal(6, calls.Count(line => line.Contains("EINTR", StringComparison.Ordinal)));
        string[] done = [.. calls.Where(line => line.EndsWith("= 0", StringComparison.Ordinal))];

        // Each file once; then the folders: of the model, of the bundle, the one above.
        Assert.Equal(
            Directory.GetFiles(_folder["out/m"], "*", SearchOption.AllDirectories).Length,
            done.Count(line => line.Contains("fdatasync(", StringComparison.Ordinal)));
        Assert.Equal(3, done.Count(line => line.Contains(" fsync(", StringComparison.Ordinal)));
    }

    private async Task<(CommandRun Run, string Trace)> PackAsync(string name, string injection)
    {
        Assert.SkipUnless(File.Exists(Strace), "strace is not installed");
        await SmallModel.PackAsync(_folder);
        Directory.CreateDirectory(_folder["out"]);
        string program = Path.ChangeExtension(typeof(Cli.CommandLine.ExitCode).Assembly.Location, ".dll");
        string trace = _folder["trace"];
        var start = new ProcessStartInfo(
            Strace,
            ["-f", "-qq", "-o", trace, "-e", "trace=fsync,fdatasync", "-e", $"inject={injection}", "dotnet", "exec",
                program, "bundle", "pack", "--name", "m", "--script", _folder["pay.feat"], "--statistics",
                _folder["statistics.json"], "--model", _folder["linear.json"], "--out", _folder[$"out/{name}"]])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource patience = new(s_patience);
        Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        var run = new CommandRun(process.ExitCode, await output, await error);
        Assert.SkipWhen(
            run.Error.Contains("strace: ", StringComparison.Ordinal)
                && run.Error.Contains("ptrace", StringComparison.OrdinalIgnoreCase),
            $"ptrace is forbidden here: {run.Error}");
        return (run, await File.ReadAllTextAsync(trace));
    }
}
