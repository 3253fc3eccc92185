using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Serving.Benchmarks.Quick;

/// <summary>A redis-server of this machine without files, for the time of a benchmark.</summary>
internal sealed class LocalRedis : IDisposable
{
    private readonly Process _process;
    private readonly string _folder = Directory.CreateTempSubdirectory("serving-bench-").FullName;

    /// <summary>Starts it on a free port and waits until it takes connections.</summary>
    public LocalRedis()
    {
        using (TcpListener listener = new(IPAddress.Loopback, 0))
        {
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        ProcessStartInfo start = new(
            "redis-server",
            [
                "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "",
                "--dir", _folder,
            ])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        string? line;
        do
        {
            line = _process.StandardOutput.ReadLine();
        }
        while (line?.Contains("Ready to accept connections", StringComparison.Ordinal) == false);
    }

    /// <summary>Where it listens on the loopback.</summary>
    public int Port { get; }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
