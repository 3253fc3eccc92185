using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.EndToEnd.Tests.Interop;
using Serving.Protocol.V1;
using Serving.Server.Hosting;

namespace Serving.EndToEnd.Tests.Fixtures;

/// <summary>A real server on free ports, with the gRPC project's own test service behind the same middleware.</summary>
public sealed class TestServer : IAsyncLifetime
{
    private readonly ModelFolder _folder = new();

    public ServerHost Host { get; private set; } = null!;

    public GrpcChannel Channel { get; private set; } = null!;

    public ScoringService.ScoringServiceClient Client { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public StringWriter Output { get; } = new();

    public int GrpcPort => Host.GrpcAddress.Port;

    public int HttpPort => Host.HttpAddress.Port;

    internal Func<ServerOptions, ServerOptions> Change { get; init; } = options => options;

    internal Action<IServiceCollection> AddServices { get; init; } = _ => { };

    internal ModelFolder Folder => _folder;

    public async ValueTask InitializeAsync()
    {
        Host = await StartAsync(_folder, Output, Change, AddServices);
        Channel = GrpcChannel.ForAddress(Host.GrpcAddress);
        Client = new ScoringService.ScoringServiceClient(Channel);
        Http = new HttpClient { BaseAddress = Host.HttpAddress };
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Http.Dispose();
        await Host.DisposeAsync();
        _folder.Dispose();
    }

    internal static Task<ServerHost> StartAsync(
        ModelFolder folder,
        TextWriter output,
        Func<ServerOptions, ServerOptions>? change = null,
        Action<IServiceCollection>? addServices = null,
        TimeProvider? time = null) => ServerHost.StartAsync(
        (change ?? (options => options))(new ServerOptions
        {
            Models = folder.Models,
            HttpPort = 0,
            GrpcPort = 0,
            WarmUp = TimeSpan.Zero,
            DrainDelay = TimeSpan.Zero,

            // A first call on a busy machine takes seconds; what a deadline does is DeadlineTests' matter.
            Deadline = Patience.Longest,
            BatchDeadline = Patience.Longest,
            DrainTimeout = TimeSpan.FromSeconds(5),
            LogLevel = "None",
        }),
        output,
        new HostExtension(
            addServices ?? (static _ => { }),
            routes => routes.MapGrpcService<InteropService>())
        {
            Time = time ?? TimeProvider.System,
        });
}
