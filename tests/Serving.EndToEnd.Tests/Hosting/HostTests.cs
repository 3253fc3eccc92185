using System.Net;
using System.Text.Json;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.Extensions.Time.Testing;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.EndToEnd.Tests.Grpc;
using Serving.Protocol.V1;
using Serving.Server.Hosting;

namespace Serving.EndToEnd.Tests.Hosting;

public sealed class HostTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly TimeSpan s_drainDelay = TimeSpan.FromHours(1);

    [Fact]
    public void Start_Server_SaysWhereItListensAndThatItIsReady() => Assert.Equal(
        [
            $"listening grpc http://127.0.0.1:{server.GrpcPort}",
            $"listening http http://127.0.0.1:{server.HttpPort}",
            $"listening admin {server.Host.AdminAddress.ToString().TrimEnd('/')}",
            "ready models=2",
        ],
        server.Output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));

    [Theory]
    [InlineData("/livez")]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/scalar/")]
    [InlineData("/metrics")]
    public async Task Get_Path_Answers(string path)
    {
        using HttpResponseMessage answer = await server.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Get_Root_IsAliveOnBothPorts()
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Host.GrpcAddress)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using HttpResponseMessage answer = await client.SendAsync(request);

        Assert.Equal("""{"status":"alive"}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal("""{"status":"alive"}""", await server.Http.GetStringAsync(new Uri("/", UriKind.Relative)));
    }

    [Fact]
    public async Task OpenApi_Document_HasThePaths()
    {
        using JsonDocument document = JsonDocument.Parse(
            await server.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)));

        Assert.StartsWith("3.1", document.RootElement.GetProperty("openapi").GetString());
        string[] paths = [.. document.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name)];
        Assert.Contains("/v1/score/{model}", paths);
        Assert.Contains("/v1/models/{model}/schema", paths);
    }

    [Fact]
    public async Task Schema_OfAModel_IsJsonSchema()
    {
        using JsonDocument schema = JsonDocument.Parse(
            await server.Http.GetStringAsync(new Uri("/v1/models/pay/schema", UriKind.Relative)));

        JsonElement properties = schema.RootElement.GetProperty("properties");
        Assert.False(properties.TryGetProperty("fraud", out _));
        Assert.Equal("decimal(2)", properties.GetProperty("amount").GetProperty("x-type").GetString());
        Assert.Equal(3, properties.GetProperty("tags").GetProperty("maxItems").GetInt32());
        Assert.Equal(
            ["id", "at", "amount", "ratio"],
            schema.RootElement.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task Health_OfServerModelsAndStrangers_IsTold()
    {
        var health = new Health.HealthClient(server.Channel);

        foreach (string service in (string[])["", "serving.v1.ScoringService", "pay"])
        {
            HealthCheckResponse answer = await health.CheckAsync(new HealthCheckRequest { Service = service });
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        }

        RpcException error = await Assert.ThrowsAsync<RpcException>(
            async () => await health.CheckAsync(new HealthCheckRequest { Service = "nobody" }));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task Metrics_AfterCalls_CountThemByModelVersionAndCode()
    {
        await using var own = new TestServer();
        await own.InitializeAsync();
        for (int call = 0; call < 3; call++)
        {
            await own.Client.ScoreAsync(Samples.Request());
        }

        await Assert.ThrowsAsync<RpcException>(
            async () => await own.Client.ScoreAsync(new ScoreRequest { Model = "pay" }));
        await RawGrpc.SendAsync(own.Host.GrpcAddress, [], headers: ("grpc-timeout", "0m"));
        string page = await own.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        Assert.True(page.Contains("""serving_requests_total{code="OK",model="pay",version="1"} 3"""), page);
        Assert.Contains("""serving_requests_total{code="INVALID_ARGUMENT",model="pay",version="1"} 1""", page);
        Assert.Contains("""serving_stage_duration_seconds_count{model="pay",stage="model",version="1"} 3""", page);
        Assert.True(page.Contains("""serving_rejected_total{reason="metadata"} 1"""), page);
    }

    // Nothing waits long: with no place and no queue a request is refused at once, and later ones are taken again.
    [Fact]
    public async Task Score_BeyondTheLimit_IsRefusedWithARetryHint()
    {
        await using var own = new TestServer
        {
            Change = options => options with { ConcurrencyMax = 1, QueueMax = 0 },
        };
        await own.InitializeAsync();
        var interop = new Interop.TestService.TestServiceClient(own.Channel);
        using var stop = new CancellationTokenSource();
        using AsyncUnaryCall<Interop.SimpleResponse> holder = interop.UnaryCallAsync(
            new Interop.SimpleRequest { ResponseSize = Interop.InteropService.NeverAnswered },
            cancellationToken: stop.Token);
        Assert.Equal(1, await Metric.WaitForAsync(own, Metric.InFlight, 1));
        for (int call = 0; call < 20; call++)
        {
            using AsyncUnaryCall<ScoreResponse> late = own.Client.ScoreAsync(Samples.Request());
            RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await late);
            Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
            Assert.NotNull(error.Trailers.Get("grpc-retry-pushback-ms"));
        }

        await stop.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(async () => await holder);
        Assert.Equal(0, await Metric.WaitForAsync(own, Metric.InFlight, 0));
        await own.Client.ScoreAsync(Samples.Request());
    }

    [Fact]
    public async Task Stop_UnderLoad_LosesNoRequestThatWasTaken()
    {
        using var folder = new ModelFolder();
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        ServerHost host = await TestServer.StartAsync(
            folder,
            TextWriter.Null,
            options => options with { DrainDelay = s_drainDelay, DrainTimeout = Patience.Longest },
            time: time);
        using GrpcChannel channel = GrpcChannel.ForAddress(host.GrpcAddress);
        using var http = new HttpClient { BaseAddress = host.HttpAddress };
        var client = new ScoringService.ScoringServiceClient(channel);
        using var stop = new CancellationTokenSource();
        int answered = 0;
        Task[] loads = [.. Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                await client.ScoreAsync(Samples.Request());
                Interlocked.Increment(ref answered);
            }
        })];
        Task stopping = host.StopAsync();

        // Readiness goes first, while requests are still taken.
        using HttpResponseMessage ready = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        await stop.CancelAsync();
        await Task.WhenAll(loads);
        Assert.False(stopping.IsCompleted);
        time.Advance(s_drainDelay);
        await stopping;
        await host.DisposeAsync();

        Assert.NotEqual(0, answered);
    }

    // Health Watch and an idle stream do not hold a stop back until the drain timeout.
    [Fact]
    public async Task Stop_WithOpenStreams_EndsThem()
    {
        using var folder = new ModelFolder();
        ServerHost host = await TestServer.StartAsync(
            folder, TextWriter.Null, options => options with { DrainTimeout = 2 * Patience.Longest });
        using GrpcChannel channel = GrpcChannel.ForAddress(host.GrpcAddress);
        using AsyncServerStreamingCall<HealthCheckResponse> watch =
            new Health.HealthClient(channel).Watch(new HealthCheckRequest());
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        using AsyncDuplexStreamingCall<ScoreRequest, ScoreResponse> stream =
            new ScoringService.ScoringServiceClient(channel).ScoreStream();
        await stream.RequestStream.WriteAsync(Samples.Request());
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));

        // Less than the drain timeout.
        Task<bool> next = stream.ResponseStream.MoveNext(CancellationToken.None);
        await host.StopAsync().WaitAsync(Patience.Longest);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => next);
        await host.DisposeAsync();

        // The server says UNAVAILABLE and closes; .NET's client forgets trailers that it has not read yet while its own
        // half of the stream is open, and then says that the connection was closed.
        Assert.True(
            error.StatusCode == StatusCode.Unavailable || error.Status.Detail.Contains("NO_ERROR"), error.ToString());
    }

    [Fact]
    public async Task Start_WithWarmUp_CallsItselfAndCountsNothing()
    {
        await using var own = new TestServer { Change = options => options with { WarmUp = TimeSpan.FromSeconds(2) } };
        await own.InitializeAsync();

        string page = await own.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        Assert.DoesNotContain("""model="pay",version="1"}""", page);
        Assert.Contains("ready models=2", own.Output.ToString());
    }

    // 37 of the bad inputs.
    [Fact]
    public async Task Reflection_SwitchedOff_IsUnimplemented()
    {
        await using var own = new TestServer { Change = options => options with { Reflection = false } };
        await own.InitializeAsync();

        (_, string? status, _, _) = await RawGrpc.SendAsync(
            own.Host.GrpcAddress, [], "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo");

        Assert.Equal("12", status);
    }

    [Fact]
    public async Task Score_OverRestBeyondTheLimit_Is429WithRetryAfter()
    {
        await using var own = new TestServer { Change = options => options with { ConcurrencyMax = 1, QueueMax = 0 } };
        await own.InitializeAsync();

        // One request holds the only place: its body never comes, and the server asks for it once the place is taken.
        using var holder = new System.Net.Sockets.TcpClient();
        await holder.ConnectAsync("127.0.0.1", own.HttpPort);
        await holder.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            "POST /v1/score/pay HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n"
            + "Expect: 100-continue\r\n\r\n"));
        using var answer = new StreamReader(holder.GetStream());
        Assert.Equal("HTTP/1.1 100 Continue", await answer.ReadLineAsync());
        using var body = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage refused = await own.Http.PostAsync(new Uri("/v1/score/pay", UriKind.Relative), body);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task Start_OnATakenPort_FailsWithIOException()
    {
        using var folder = new ModelFolder();

        await Assert.ThrowsAnyAsync<IOException>(() => TestServer.StartAsync(
            folder, TextWriter.Null, options => options with { HttpPort = server.HttpPort }));
    }
}
