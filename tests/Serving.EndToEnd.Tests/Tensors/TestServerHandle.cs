using Grpc.Net.Client;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Models.Tensors;
using Serving.Protocol.V1;
using Serving.Server.Hosting;

namespace Serving.EndToEnd.Tests.Tensors;

/// <summary>A real server over a folder that its test owns, with clients of both wires.</summary>
internal sealed class TestServerHandle : IAsyncDisposable
{
    private readonly ServerHost _host;
    private readonly GrpcChannel _channel;

    private TestServerHandle(ServerHost host)
    {
        _host = host;
        _channel = GrpcChannel.ForAddress(host.GrpcAddress);
        Client = new ScoringService.ScoringServiceClient(_channel);
        Http = new HttpClient { BaseAddress = host.HttpAddress };
    }

    public ScoringService.ScoringServiceClient Client { get; }

    public HttpClient Http { get; }

    /// <summary>Starts the server; every version of the folder is loaded then.</summary>
    public static async Task<TestServerHandle> StartAsync(ModelFolder folder, IReadOnlyList<IScorerFactory> runtimes) =>
        new(await TestServer.StartAsync(folder, TextWriter.Null, options => options with { Runtimes = [.. runtimes] }));

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        Http.Dispose();
        await _host.DisposeAsync();
    }
}
