using System.Collections.Concurrent;
using System.Diagnostics;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.EndToEnd.Tests.Windows.Faults;

namespace Serving.EndToEnd.Tests.Admin;

/// <summary><c>serving serve</c> in a process of its own, for tests that kill it or stop it under load.</summary>
internal sealed class AdminProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _error = [];

    private AdminProcess(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", ServingProcess.Program(), "serve", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SERVING_DRAIN_DELAY"] = "1s";
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _error.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
    }

    public Uri Http { get; private set; } = null!;

    public Uri Admin { get; private set; } = null!;

    public int Id => _process.Id;

    public string Error => string.Join('\n', _error);

    /// <summary>Starts a server; returns when it says ready.</summary>
    public static async Task<AdminProcess> StartAsync(
        string models, string control, int httpPort = 0, params string[] more)
    {
        var server = new AdminProcess(
        [
            "--models", models, "--control", control, "--http-port", $"{httpPort}", "--grpc-port", "0", "--admin-port",
            "0", "--admin-anonymous", "--warm-up", "0s", "--deadline", "20s", .. more,
        ]);
        using var limit = new CancellationTokenSource(Patience.Longest);
        while (await server._process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            string[] words = line.Split(' ');
            switch (words)
            {
                case ["listening", "http", var http]:
                    server.Http = new Uri(http);
                    break;
                case ["listening", "admin", var admin]:
                    server.Admin = new Uri(admin);
                    break;
                case ["ready", ..]:
                    return server;
                default:
                    break;
            }
        }

        throw new InvalidOperationException($"the server did not start: {server.Error}");
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM, once or more often; the exit code.</summary>
    public async Task<int> StopAsync(int signals = 1)
    {
        for (int signal = 0; signal < signals; signal++)
        {
            using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await kill.WaitForExitAsync();
        }

        using var limit = new CancellationTokenSource(Patience.Longest);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
