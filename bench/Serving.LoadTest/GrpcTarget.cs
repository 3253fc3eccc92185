using Grpc.Core;
using Grpc.Net.Client;

namespace Serving.LoadTest;

/// <summary>
/// Sends encoded messages as they are and throws the answers' bytes away, so that the client costs little beside the
/// server. One channel is one HTTP/2 connection.
/// </summary>
internal sealed class GrpcTarget : ILoadTarget
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(
        static (bytes, context) => context.Complete(bytes),
        static context =>
        {
            _ = context.PayloadAsReadOnlySequence();
            return Array.Empty<byte>();
        });

    private readonly GrpcChannel[] _channels;
    private readonly CallInvoker[] _invokers;
    private readonly Method<byte[], byte[]> _method;
    private readonly byte[][] _payloads;

    public GrpcTarget(Uri address, string service, string method, byte[][] payloads, int connections)
    {
        _method = new(MethodType.Unary, service, method, Bytes, Bytes);
        _payloads = payloads;
        _channels = [.. Enumerable.Range(0, connections).Select(_ => Connect(address))];
        _invokers = [.. _channels.Select(channel => channel.CreateCallInvoker())];
    }

    public async Task<string?> CallAsync(int number)
    {
        try
        {
            using AsyncUnaryCall<byte[]> call = _invokers[number % _invokers.Length]
                .AsyncUnaryCall(_method, host: null, default, _payloads[number % _payloads.Length]);
            await call.ResponseAsync.ConfigureAwait(false);
            return null;
        }
        catch (RpcException error)
        {
            return $"{error.StatusCode}: {error.Status.Detail}";
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (GrpcChannel channel in _channels)
        {
            channel.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static GrpcChannel Connect(Uri address) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = false, UseProxy = false },
        DisposeHttpClient = true,
    });
}
