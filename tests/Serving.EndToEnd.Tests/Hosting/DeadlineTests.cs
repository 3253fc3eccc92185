using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.EndToEnd.Tests.Grpc;
using Serving.EndToEnd.Tests.Interop;

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
        using var content = new StalledContent(RawGrpc.Frame(Samples.Request().ToByteArray())[..20]);
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
        content.End();

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
            status = await SendLateBodyAsync();
        }
        while (status == "HTTP/1.1 408" && Stopwatch.GetElapsedTime(start) < Patience.Longest);

        Assert.Equal("HTTP/1.1 504", status);
    }

    private async Task<string> SendLateBodyAsync()
    {
        string body = Samples.Json.Trim();
        Assert.Equal(0, await Metric.WaitForAsync(server.Inner, Metric.InFlight, 0));
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Inner.HttpPort);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(
            "POST /v1/score/pay HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body[..5]}"));

        // The clock starts when the request has its place.
        Assert.Equal(1, await Metric.WaitForAsync(server.Inner, Metric.InFlight, 1));
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < s_short)
        {
            await server.Inner.Http.GetStringAsync(new Uri("/livez", UriKind.Relative));
        }

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

    /// <summary>Sends a beginning, and the end only when told.</summary>
    private sealed class StalledContent(byte[] start) : HttpContent
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void End() => _end.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(start);
            await stream.FlushAsync();
            await _end.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
