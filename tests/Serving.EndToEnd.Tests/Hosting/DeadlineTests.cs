using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.EndToEnd.Tests.Grpc;
using Serving.EndToEnd.Tests.Interop;
using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Hosting;

/// <summary>The server's own maximum cuts off what waits, whatever the client allows.</summary>
public sealed class DeadlineTests(DeadlineTests.ShortServer server) : IClassFixture<DeadlineTests.ShortServer>
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(200);

    [Theory]
    [InlineData(null)]
    [InlineData("99999999H")]
    public async Task Score_BodyThatStalls_IsDeadlineExceeded(string? timeout)
    {
        using var client = new HttpClient { Timeout = Patience.Longest };
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var content = new PausedContent(
            RawGrpc.Frame(Samples.Request().ToByteArray())[..20], [], () => end.Task);
        content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(server.Inner.Host.GrpcAddress, RawGrpc.ScorePath))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        if (timeout is not null)
        {
            request.Headers.TryAddWithoutValidation("grpc-timeout", timeout);
        }

        using HttpResponseMessage answer =
            await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        end.SetResult();

        Assert.Equal("4", answer.Headers.GetValues("grpc-status").Single());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_HandlerThatWaits_IsDeadlineExceeded(bool isLonger)
    {
        var interop = new TestService.TestServiceClient(server.Inner.Channel);
        DateTime? deadline = isLonger ? DateTime.UtcNow.AddMinutes(1) : null;

        RpcException error = await Assert.ThrowsAsync<RpcException>(
            async () => await interop.UnaryCallAsync(
                new SimpleRequest { ResponseSize = InteropService.NeverAnswered }, deadline: deadline));

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task Score_RestBodyThatComesTooLate_Is504()
    {
        // Kestrel's own 408 for a body that stalls comes 4 s later; on a busy machine it may be the first.
        string status;
        long start = Stopwatch.GetTimestamp();
        do
        {
            status = await SendLateBodyAsync(server.Inner);
        }
        while (status == "HTTP/1.1 408" && Stopwatch.GetElapsedTime(start) < Patience.Longest);

        Assert.Equal("HTTP/1.1 504", status);
    }

    // The server's own deadline is long here, so it is the model's that passes, on both wires.
    [Fact]
    public async Task Score_LaterThanTheModelAllows_IsDeadlineExceeded()
    {
        await using var own = new TestServer
        {
            Change = options => options with { ModelDeadlines = options.ModelDeadlines.SetItem("pay", s_short) },
        };
        await own.InitializeAsync();

        Assert.Equal("HTTP/1.1 504", await SendLateBodyAsync(own));
        Assert.Equal("4", await SendLateMessageAsync(own));
        ScoreRequest other = Samples.Request();
        other.Model = "multi";
        Assert.Equal(3, (await own.Client.ScoreAsync(other)).Scores.Count);
    }

    [Fact]
    public async Task Score_ModelThatMayTakeLonger_IsScored()
    {
        await using var own = new TestServer
        {
            Change = options => options with
            {
                Deadline = s_short,
                ModelDeadlines = options.ModelDeadlines.SetItem("pay", Patience.Longest),
            },
        };
        await own.InitializeAsync();

        Assert.Equal("HTTP/1.1 200", await SendLateBodyAsync(own));
        Assert.Equal("0", await SendLateMessageAsync(own));
    }

    // The second half of the message comes when the short deadline has passed.
    private static async Task<string?> SendLateMessageAsync(TestServer target)
    {
        byte[] message = RawGrpc.Frame(Samples.Request().ToByteArray());
        using var client = new HttpClient { Timeout = Patience.Longest };
        using var content = new PausedContent(message[..20], message[20..], PauseAsync);
        content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(target.Host.GrpcAddress, RawGrpc.ScorePath))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        using HttpResponseMessage answer = await client.SendAsync(request);
        return RawGrpc.Find(answer, "grpc-status");

        async Task PauseAsync()
        {
            Assert.Equal(1, await Metric.WaitForAsync(target, Metric.InFlight, 1));
            await WaitAsync(target);
        }
    }

    // Past the short deadline by the clock of this machine.
    private static async Task WaitAsync(TestServer target)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < s_short)
        {
            await target.Http.GetStringAsync(new Uri("/livez", UriKind.Relative));
        }
    }

    private static async Task<string> SendLateBodyAsync(TestServer target)
    {
        string body = Samples.Json.Trim();
        Assert.Equal(0, await Metric.WaitForAsync(target, Metric.InFlight, 0));
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", target.HttpPort);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(
            "POST /v1/score/pay HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body[..5]}"));

        // The clock starts when the request has its place.
        Assert.Equal(1, await Metric.WaitForAsync(target, Metric.InFlight, 1));
        await WaitAsync(target);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(body[5..]));
        byte[] status = new byte[12];
        await stream.ReadExactlyAsync(status);
        return Encoding.Latin1.GetString(status);
    }

    public sealed class ShortServer : IAsyncLifetime
    {
        internal TestServer Inner { get; } = new()
        {
            Change = options => options with { Deadline = s_short, BatchDeadline = s_short },
        };

        public ValueTask InitializeAsync() => Inner.InitializeAsync();

        public ValueTask DisposeAsync() => Inner.DisposeAsync();
    }

    /// <summary>Sends a beginning, and the rest after a pause.</summary>
    private sealed class PausedContent(byte[] start, byte[] rest, Func<Task> pause) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(start);
            await stream.FlushAsync();
            await pause();
            await stream.WriteAsync(rest);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
