using System.Net;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.EndToEnd.Tests.Grpc;
using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Rest;

/// <summary>Case 14 of the bad inputs, second half: a client that is gone in the middle of its answer.</summary>
public sealed class LeavingClientTests
{
    private const int Rows = 10_000;
    private const string Scored = """serving_requests_total{code="OK",model="multi",version="1"}""";

    [Fact]
    public async Task Score_ClientGoneInMidAnswer_KeepsTheScoreAndLogsNoFault()
    {
        using var log = new LogSink();
        await using (TestServer server = log.Observe())
        {
            await server.InitializeAsync();
            using (Socket client = Connect(server.HttpPort))
            {
                using var stream = new NetworkStream(client);
                await stream.WriteAsync(LargeRequest());
                byte[] start = new byte[15];
                await stream.ReadExactlyAsync(start);
                Assert.Equal("HTTP/1.1 200 OK", Encoding.Latin1.GetString(start));
                Assert.Equal(1, await Metric.ReadAsync(server, Metric.InFlight));
                client.LingerState = new LingerOption(enable: true, seconds: 0);
            }

            await AssertScoredAsync(server);
        }

        Assert.Empty(log.Faults);
    }

    [Fact]
    public async Task ScoreBatch_ClientGoneInMidAnswer_KeepsTheScoreAndLogsNoFault()
    {
        using var log = new LogSink();
        await using (TestServer server = log.Observe())
        {
            await server.InitializeAsync();
            using (var client = new HttpClient { Timeout = Patience.Longest })
            using (HttpRequestMessage request = BatchRequest(server))
            using (HttpResponseMessage answer =
                await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
            {
                // Nobody reads: what is left of the answer waits behind the window of its stream, which is reset here.
                Assert.Equal(200, (int)answer.StatusCode);
            }

            await AssertScoredAsync(server);
        }

        Assert.Empty(log.Faults);
    }

    private static async Task AssertScoredAsync(TestServer server)
    {
        Assert.Equal(0, await Metric.WaitForAsync(server, Metric.InFlight, 0));
        Assert.Equal(1, await Metric.ReadAsync(server, Scored));
        await server.Client.ScoreAsync(Samples.Request());
    }

    private static Socket Connect(int port)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        client.Connect("127.0.0.1", port);
        return client;
    }

    // Its answer is longer than the 4 MiB that a system lets a socket send ahead.
    private static byte[] LargeRequest()
    {
        string row = Samples.Json.Trim()
            .Replace("41.5", "41.512345678912345", StringComparison.Ordinal)
            .Replace("0.25", "0.2512345678912345", StringComparison.Ordinal);
        string body = $"[{string.Join(',', Enumerable.Repeat(row, Rows))}]";
        return Encoding.Latin1.GetBytes(
            "POST /v1/score/multi?features=true HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}");
    }

    private static HttpRequestMessage BatchRequest(TestServer server)
    {
        var content = new ByteArrayContent(RawGrpc.Frame(LargeBatch().ToByteArray()));
        content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        return new HttpRequestMessage(
            HttpMethod.Post, new Uri(server.Host.GrpcAddress, "/serving.v1.ScoringService/ScoreBatch"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
    }

    // Its answer is longer than the window of 64 KiB that a client opens at first.
    private static ScoreBatchRequest LargeBatch()
    {
        var request = new ScoreBatchRequest { Model = "multi", Shared = Samples.Row() };
        request.Rows.AddRange(Enumerable.Repeat(new Row(), Rows));
        return request;
    }
}
