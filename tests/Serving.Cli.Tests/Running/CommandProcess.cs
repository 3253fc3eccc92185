using System.Diagnostics;

namespace Serving.Cli.Tests.Running;

/// <summary>The program as a process of its own, for what only a process shows: signals and pipes.</summary>
internal sealed class CommandProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly Task<string> _error;

    private CommandProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    public static CommandProcess Start(params string[] arguments)
    {
        string program = Path.ChangeExtension(typeof(Cli.CommandLine.ExitCode).Assembly.Location, ".dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new CommandProcess(Process.Start(start)!);
    }

    /// <summary>Waits until something is so; the process must not have ended before.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(10));
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.False(_process.HasExited, "the process has ended already");
            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, "waited too long");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Reads stdout up to a line, and returns what was read.</summary>
    public async Task<string> ReadUntilAsync(string line)
    {
        using CancellationTokenSource patience = new(s_patience);
        string read = "";
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } found)
        {
            read += found + "\n";
            if (found == line)
            {
                return read;
            }
        }

        Assert.Fail($"the process ended without '{line}': {read}{await _error}");
        return read;
    }

    /// <summary>Sends a signal as Ctrl-C (INT) or a container's end (TERM) does.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-s", name, $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public async Task<CommandRun> EndAsync()
    {
        using CancellationTokenSource patience = new(s_patience);
        string output = await _process.StandardOutput.ReadToEndAsync(patience.Token);
        await _process.WaitForExitAsync(patience.Token);
        return new CommandRun(_process.ExitCode, output, await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
