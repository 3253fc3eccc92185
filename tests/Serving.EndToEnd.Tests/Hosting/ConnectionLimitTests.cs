using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.EndToEnd.Tests.Rest;

namespace Serving.EndToEnd.Tests.Hosting;

/// <summary>Case 15 of the bad inputs: idle connections and bursts of them.</summary>
public sealed class ConnectionLimitTests
{
    private const int Limit = 20;
    private const int Burst = 400;
    private const string Probe = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    // Each port has a limit of its own: what fills gRPC leaves the probes on the other one alone.
    [Fact]
    public async Task Connections_IdleBeyondTheLimitOfGrpc_AreClosedAndProbesAnswer()
    {
        await using var server = new TestServer { Change = options => options with { ConnectionsMax = Limit } };
        await server.InitializeAsync();
        Socket[] idle = await ConnectAsync(server.GrpcPort, Limit + 10);

        Assert.Equal(10, await CountClosedAsync(idle, 10));
        Assert.Equal(200, (await RawHttp.SendAsync(server.HttpPort, Probe)).Status);

        Close(idle);
        await ScoreUntilTakenAsync(server);
    }

    [Fact]
    public async Task Connections_IdleBeyondTheLimitOfHttp_AreClosedUntilTheOthersGo()
    {
        await using var server = new TestServer { Change = options => options with { ConnectionsMax = Limit } };
        await server.InitializeAsync();
        Socket[] idle = await ConnectAsync(server.HttpPort, Limit + 10);

        Assert.Equal(10, await CountClosedAsync(idle, 10));
        Assert.Equal(0, (await RawHttp.SendAsync(server.HttpPort, Probe)).Status);
        await server.Client.ScoreAsync(Samples.Request());

        Close(idle);
        Assert.Equal(200, await ProbeUntilTakenAsync(server));
    }

    [Fact]
    public async Task Connections_InABurst_LeaveAServerThatAnswers()
    {
        using var log = new LogSink();
        await using TestServer server = log.Observe(options => options with { ConnectionsMax = Limit });
        await server.InitializeAsync();

        foreach (int port in (int[])[server.GrpcPort, server.HttpPort])
        {
            Socket[] burst = await ConnectAsync(port, Burst);
            Assert.Equal(Burst - Limit, await CountClosedAsync(burst, Burst - Limit));
            Close(burst);
        }

        Assert.Equal(200, await ProbeUntilTakenAsync(server));
        await ScoreUntilTakenAsync(server);
        Assert.Empty(log.Faults);
    }

    private static async Task<Socket[]> ConnectAsync(int port, int count)
    {
        Socket[] sockets =
            [.. Enumerable.Range(0, count).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp))];
        await Task.WhenAll(sockets.Select(socket => socket.ConnectAsync(IPAddress.Loopback, port)));
        return sockets;
    }

    // A closed connection reads as an end, or as a reset; the others stay silent, so the wait is for the expected ones.
    private static async Task<int> CountClosedAsync(Socket[] sockets, int expected)
    {
        var reached = new TaskCompletionSource();
        int closed = 0;
        foreach (Socket socket in sockets)
        {
            _ = WatchAsync(socket);
        }

        await reached.Task.WaitAsync(Patience.Longest);
        return Volatile.Read(ref closed);

        async Task WatchAsync(Socket socket)
        {
            if (await IsClosedAsync(socket) && Interlocked.Increment(ref closed) == expected)
            {
                reached.SetResult();
            }
        }
    }

    // HTTP/2 greets first, so an open connection of gRPC may send before it ends.
    private static async Task<bool> IsClosedAsync(Socket socket)
    {
        byte[] buffer = new byte[256];
        try
        {
            while (await socket.ReceiveAsync(buffer) > 0)
            {
            }

            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionReset;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private static void Close(Socket[] sockets) => Array.ForEach(sockets, socket => socket.Dispose());

    private static async Task<int> ProbeUntilTakenAsync(TestServer server)
    {
        long start = Stopwatch.GetTimestamp();
        int status;
        do
        {
            status = (await RawHttp.SendAsync(server.HttpPort, Probe)).Status;
        }
        while (status == 0 && Stopwatch.GetElapsedTime(start) < Patience.Longest);

        return status;
    }

    // The server learns a little later that the others are gone; a refused handshake is UNAVAILABLE or INTERNAL.
    private static async Task ScoreUntilTakenAsync(TestServer server)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await server.Client.ScoreAsync(Samples.Request());
                return;
            }
            catch (RpcException) when (Stopwatch.GetElapsedTime(start) < Patience.Longest)
            {
                await Task.Yield();
            }
        }
    }
}
