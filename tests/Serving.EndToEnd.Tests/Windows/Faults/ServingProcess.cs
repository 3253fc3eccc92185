using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Grpc.Net.Client;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary><c>serving serve</c> in a process of its own, which a test may kill, freeze or trace.</summary>
internal sealed class ServingProcess : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _error = [];
    private readonly Process _process;
    private int _isDisposed;

    private ServingProcess(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Program(), "serve", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SERVING_DRAIN_DELAY"] = "0s";
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _error.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
    }

    public GrpcChannel Channel { get; private set; } = null!;

    public ScoringService.ScoringServiceClient Client { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public Uri Admin { get; private set; } = null!;

    public int Id => _process.Id;

    /// <summary>What it wrote to stderr so far.</summary>
    public string Error => string.Join('\n', _error);

    /// <summary>Starts a server on free ports; returns when it says ready.</summary>
    public static async Task<ServingProcess> StartAsync(
        FaultWorld world, string state, string records, params string[] more)
    {
        ServingProcess server = new(Arguments(world, state, records, more));
        try
        {
            Uri grpc = new(await server.ReadAsync("listening grpc "));
            server.Http = new HttpClient { BaseAddress = new Uri(await server.ReadAsync("listening http ")) };
            server.Admin = new Uri(await server.ReadAsync("listening admin "));
            Assert.Equal("1", await server.ReadAsync("ready models="));
            server.Channel = GrpcChannel.ForAddress(grpc);
            server.Client = new ScoringService.ScoringServiceClient(server.Channel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server that cannot start; its exit code and what it wrote to stderr.</summary>
    public static async Task<(int Code, string Error)> RefusedAsync(FaultWorld world, string state)
    {
        await using ServingProcess server = new(Arguments(world, state, world["refused.jsonl"], []));
        await server.EndAsync();
        return (server._process.ExitCode, server.Error);
    }

    /// <summary>One number of the metrics page; 0 where it is not there.</summary>
    public async Task<double> MetricAsync(string name)
    {
        string page = await Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        string? line = page.Split('\n').SingleOrDefault(
            text => text.StartsWith($"{name} ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until one of the texts stands on stderr: lines come a moment after what they tell of.</summary>
    public async Task SaysAsync(params string[] texts)
    {
        long start = Stopwatch.GetTimestamp();
        while (!Array.Exists(texts, text => Error.Contains(text, StringComparison.Ordinal)))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience.Longest, $"the server's log is silent: {Error}");
            await Task.Delay(20);
        }
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
        await EndAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        Channel?.Dispose();
        Http?.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    // Its own folder of the same build: in the folder of the tests some assemblies are those of the tests.
    internal static string Program()
    {
        string tests = Path.Combine(SharedFiles.Repository, "tests", "Serving.EndToEnd.Tests");
        string build = Path.GetRelativePath(tests, AppContext.BaseDirectory);
        return Path.Combine(SharedFiles.Repository, "src", "Serving.Cli", build, "serving.dll");
    }

    private static string[] Arguments(FaultWorld world, string state, string records, string[] more) =>
    [
        "--models", world.Models, "--state", state, "--records", records, "--http-port", "0", "--grpc-port", "0",
        "--admin-port", "0", "--warm-up", "0s", "--deadline", "20s", .. more,
    ];

    private async Task EndAsync()
    {
        using CancellationTokenSource limit = new(Patience.Longest);
        _ = _process.StandardOutput.ReadToEndAsync(limit.Token);
        await _process.WaitForExitAsync(limit.Token);
    }

    private async Task<string> ReadAsync(string start)
    {
        using CancellationTokenSource limit = new(Patience.Longest);
        string line = await _process.StandardOutput.ReadLineAsync(limit.Token) ?? "";
        Assert.True(line.StartsWith(start, StringComparison.Ordinal), $"expected '{start}', found '{line}': {Error}");
        return line[start.Length..];
    }
}
