using System.Net;
using System.Net.Sockets;

namespace Serving.State.Tests.Redis;

/// <summary>
/// A relay in front of a server that can give an answer which belongs to another key: it replaces bytes once on one
/// link. Later links are clean.
/// </summary>
internal sealed class MixingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _upstream;
    private readonly Task _accepting;
    private (byte[] From, byte[] To)? _armed;
    private int _links;

    public MixingRelay(string upstream)
    {
        _upstream = IPEndPoint.Parse(upstream).Port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Endpoint => _listener.LocalEndpoint.ToString()!;

    /// <summary>Links that were made.</summary>
    public int Links => Volatile.Read(ref _links);

    /// <summary>Has the next occurrence of bytes in an answer replaced by as many others.</summary>
    public void Arm(byte[] from, byte[] to) => _armed = (from, to);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
            Interlocked.Increment(ref _links);
            _ = RelayAsync(client);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using TcpClient near = client;
        using TcpClient far = new();
        await far.ConnectAsync(IPAddress.Loopback, _upstream, _stop.Token);
        await Task.WhenAny(
            CopyAsync(near.GetStream(), far.GetStream(), isAnswer: false),
            CopyAsync(far.GetStream(), near.GetStream(), isAnswer: true));
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool isAnswer)
    {
        byte[] buffer = new byte[1 << 16];
        while (await from.ReadAsync(buffer, _stop.Token) is > 0 and int count)
        {
            if (isAnswer && _armed is { } armed && buffer.AsSpan(0, count).IndexOf(armed.From) is >= 0 and int at)
            {
                _armed = null;
                armed.To.CopyTo(buffer, at);
            }

            await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }
}
