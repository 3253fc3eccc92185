using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Serving.State.Tests.Redis;

/// <summary>A real redis-server on a free port of this machine, in a folder of its own; ended with the test.</summary>
internal sealed class RedisServer : IDisposable
{
    private static int s_nextPort = 21000 + (Environment.ProcessId % 200 * 40);

    private readonly string _folder = Directory.CreateTempSubdirectory("serving-redis-").FullName;
    private readonly string[] _options;
    private Process? _process;

    private RedisServer(string[] options)
    {
        _options = options;
        Port = FreePort();
    }

    public int Port { get; }

    public string Endpoint => $"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Starts a server; skips the test where the program is absent.</summary>
    public static RedisServer Start(params string[] options)
    {
        RedisServer server = Prepare(options);
        server.Restart();
        return server;
    }

    /// <summary>A server that is not started yet.</summary>
    public static RedisServer Prepare(params string[] options)
    {
        Xunit.Assert.SkipWhen(
            Find("redis-server") is null, "redis-server is not installed (apt-get install redis-server)");
        return new RedisServer(options);
    }

    /// <summary>Starts it (again) on its port and its files; returns when it says that it is ready.</summary>
    public void Restart()
    {
        string[] fixedOptions =
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder,
            "--save", "", "--appendonly", "yes", "--appendfsync", "always",
        ];
        ProcessStartInfo start = new(Find("redis-server")!, [.. fixedOptions, .. _options])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        using ManualResetEventSlim ready = new();
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("Ready to accept connections", StringComparison.Ordinal) == true)
            {
                ready.Set();
            }
        };
        _process.BeginOutputReadLine();
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        Xunit.Assert.True(ready.Wait(TimeSpan.FromSeconds(30)), "redis-server does not start");
    }

    /// <summary>What the command-line client prints: it looks at this server alone.</summary>
    public async Task<string> Cli(params string[] command)
    {
        ProcessStartInfo start = new(
            Find("redis-cli")!, ["-p", Port.ToString(CultureInfo.InvariantCulture), .. command])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using Process client = Process.Start(start)!;
        return await client.StandardOutput.ReadToEndAsync();
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGSTOP or SIGCONT.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-" + name, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            Kill();
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The path of a program, or null where it is not installed.</summary>
    internal static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    internal static int FreePort()
    {
        // Below the ports that outgoing links take, and low enough for the cluster's own port 10,000 above.
        for (int tries = 0; tries < 2000; tries++)
        {
            int port = 20000 + (Interlocked.Increment(ref s_nextPort) % 12000);
            try
            {
                using TcpListener listener = new(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }

        throw new InvalidOperationException("no free port");
    }
}
