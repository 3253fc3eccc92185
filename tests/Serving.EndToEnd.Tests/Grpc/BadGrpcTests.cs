using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Grpc;

/// <summary>Section C of the bad inputs, by number; every case leaves a server that answers.</summary>
public sealed class BadGrpcTests(TestServer server) : IClassFixture<TestServer>, IAsyncDisposable
{
    private static readonly byte[] s_good = Samples.Request().ToByteArray();

    public static TheoryData<int, string, string> Framings => new()
    {
        { 27, "gzip bomb", "8" },
        { 28, "compressed flag without encoding", "13" },
        { 28, "compressed flag with identity", "13" },
        { 28, "unsupported encoding", "12" },
        { 28, "deflate", "12" },
        { 28, "corrupt gzip", "13" },
        { 29, "length of 4 GiB", "13" },
        { 29, "length of 1 GiB", "8" },
        { 29, "header alone", "13" },
        { 29, "truncated", "13" },
        { 29, "flag byte 7", "13" },
        { 30, "message over the limit", "8" },
        { 31, "two messages", "13" },
        { 31, "no message", "13" },
        { 38, "no protobuf", "13" },
        { 38, "tag 0", "13" },
        { 38, "wire type 7", "13" },
        { 38, "long varint", "13" },
        { 38, "bad UTF-8", "13" },
        { 39, "a million unknown fields", "3" },
    };

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task Score_BadFraming_GetsItsStatus(int number, string name, string status)
    {
        _ = number;
        (byte[] body, string? encoding) = BodyOf(name);
        (string, string)[] headers = encoding is null ? [] : [("grpc-encoding", encoding)];

        (int http, string? actual, string message, var answer) = await RawGrpc.SendAsync(
            server.Host.GrpcAddress, body, headers: headers);

        Assert.Equal(200, http);
        Assert.True(status == actual, $"{actual} {message}");
        Assert.DoesNotContain("Exception", message);
        if (name == "unsupported encoding")
        {
            Assert.Contains("gzip", answer.GetValues("grpc-accept-encoding").Single());
        }
    }

    // Kestrel would close the connection, with all calls on it, behind a body that stops for longer than REST waits
    // (3.5 s), as one does on a busy machine. A call has its deadline for that.
    [Fact]
    public async Task Score_BodyThatPauses_IsAnsweredAndItsConnectionStays()
    {
        byte[] frame = RawGrpc.Frame(s_good);
        using var content = new StallingContent(frame, frame.Length - 3, Task.Delay(TimeSpan.FromSeconds(6)));

        (int http, string? actual, string message, _) = await RawGrpc.SendAsync(
            server.Host.GrpcAddress, content, headers: ("grpc-timeout", "100S"));

        Assert.Equal(200, http);
        Assert.True(actual == "0", $"{actual} {message}");
    }

    // 33: unreadable is refused, too long is the server's own.
    [Theory]
    [InlineData("0m", "3")]
    [InlineData("-1m", "3")]
    [InlineData("1x", "3")]
    [InlineData("99999999H", "0")]
    [InlineData("5S", "0")]
    public async Task Score_Timeout_IsReadStrictly(string timeout, string status) =>
        Assert.Equal(status, (await RawGrpc.SendAsync(
            server.Host.GrpcAddress, RawGrpc.Frame(s_good), headers: ("grpc-timeout", timeout))).Status);

    // 24 and 37.
    [Theory]
    [InlineData("/serving.v1.ScoringService/Nothing")]
    [InlineData("/serving.v1.Nothing/Score")]
    [InlineData("/serving.v1.scoringservice/score")]
    [InlineData("//serving.v1.ScoringService/Score")]
    [InlineData("/serving.v1.ScoringService/%53core")]
    [InlineData("/serving.v1.ScoringService/Score/")]
    [InlineData("/serving.v1.ScoringService/Score/more")]
    [InlineData("/nothing")]
    public async Task Call_OfAnotherPath_IsUnimplemented(string path)
    {
        (int http, string? status, _, _) =
            await RawGrpc.SendAsync(server.Host.GrpcAddress, RawGrpc.Frame(s_good), path);

        Assert.Equal((200, "12"), (http, status));
    }

    // 36.
    [Fact]
    public async Task Score_BadMetadata_IsRefused()
    {
        (_, string? status, _, _) = await RawGrpc.SendAsync(
            server.Host.GrpcAddress, RawGrpc.Frame(s_good), headers: ("x-trace-bin", "not base64!"));
        Assert.Equal("3", status);

        Assert.Equal(431, await SendLargeMetadataAsync());
    }

    // The server announces its limit. Where that came before the request was sent, .NET's client heeds it and refuses
    // by itself; a client that does not is answered 431.
    private async Task<int> SendLargeMetadataAsync()
    {
        try
        {
            return (await RawGrpc.SendAsync(
                server.Host.GrpcAddress, RawGrpc.Frame(s_good), headers: ("x-large", new string('a', 64 << 10)))).Http;
        }
        catch (HttpRequestException refusal)
            when (refusal.Message.Contains("exceeded the server limit of 33000 bytes", StringComparison.Ordinal))
        {
            return 431;
        }
    }

    // 32.
    [Fact]
    public async Task Score_AsJsonOrOverHttp1_IsRefused()
    {
        (int http, _, _, _) = await RawGrpc.SendAsync(server.Host.GrpcAddress, [], type: "application/json");
        Assert.Equal(415, http);

        using var content = new ByteArrayContent(RawGrpc.Frame(s_good));
        content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        using HttpResponseMessage answer =
            await server.Http.PostAsync(new Uri(RawGrpc.ScorePath, UriKind.Relative), content);
        Assert.Equal(426, (int)answer.StatusCode);
    }

    // 34 and 35.
    [Fact]
    public async Task Score_ExpiredOrCancelled_SaysSo()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        RpcException cancel = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ScoreAsync(Samples.Request(), cancellationToken: cancelled.Token));
        RpcException late = await Assert.ThrowsAsync<RpcException>(
            async () =>
                await server.Client.ScoreAsync(Samples.Request(), deadline: DateTime.UtcNow.AddMilliseconds(-1)));

        Assert.Equal(StatusCode.Cancelled, cancel.StatusCode);
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
    }

    // 30: an answer over the limit too.
    [Fact]
    public async Task ScoreBatch_AnswerOverTheLimit_IsResourceExhausted()
    {
        await using var small = new TestServer { Change = options => options with { MessageSizeMax = 2000 } };
        await small.InitializeAsync();
        var request = new ScoreBatchRequest { Model = "pay", Shared = Samples.Row() };
        request.Rows.AddRange(Enumerable.Repeat(new Row(), 150));

        RpcException error =
            await Assert.ThrowsAsync<RpcException>(async () => await small.Client.ScoreBatchAsync(request));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    // 39.
    [Fact]
    public async Task Score_MapKeyTwice_IsInvalidArgument()
    {
        byte[] entry = new Row { Fields = { ["count"] = new Value { IntValue = 1 } } }.ToByteArray();
        byte[] message = new ScoreRequest { Model = "pay" }.ToByteArray();
        message = [.. message, 0x1a, (byte)(entry.Length * 2), .. entry, .. entry];

        (_, string? status, string text, _) = await RawGrpc.SendAsync(server.Host.GrpcAddress, RawGrpc.Frame(message));

        Assert.Equal("3", status);
        Assert.Contains("given twice", text);
    }

    public async ValueTask DisposeAsync() =>
        Assert.Equal(StatusCode.OK, (await ScoreStatusAsync()).StatusCode);

    private async Task<Status> ScoreStatusAsync()
    {
        using AsyncUnaryCall<ScoreResponse> call = server.Client.ScoreAsync(Samples.Request());
        await call;
        return call.GetStatus();
    }

    private static (byte[] Body, string? Encoding) BodyOf(string name) => name switch
    {
        "gzip bomb" => (RawGrpc.Frame(Gzip(new byte[256 << 20]), 1), "gzip"),
        "compressed flag without encoding" => (RawGrpc.Frame(Gzip(s_good), 1), null),
        "compressed flag with identity" => (RawGrpc.Frame(s_good, 1), "identity"),
        "unsupported encoding" => (RawGrpc.Frame(s_good, 1), "br"),
        "deflate" => (RawGrpc.Frame(s_good, 1), "deflate"),
        "corrupt gzip" => (RawGrpc.Frame([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 1), "gzip"),
        "length of 4 GiB" => (RawGrpc.Frame(s_good, length: uint.MaxValue), null),
        "length of 1 GiB" => (RawGrpc.Frame(s_good, length: 1 << 30), null),
        "header alone" => (RawGrpc.Frame([], length: 7), null),
        "truncated" => (RawGrpc.Frame(s_good, length: (uint)s_good.Length + 1), null),
        "flag byte 7" => (RawGrpc.Frame(s_good, 7), null),
        "message over the limit" => (RawGrpc.Frame(new byte[(4 << 20) + 1]), null),
        "two messages" => ([.. RawGrpc.Frame(s_good), .. RawGrpc.Frame(s_good)], null),
        "no message" => ([], null),
        "no protobuf" => (RawGrpc.Frame([0x1a, 0x7f, 0x00]), null),
        "tag 0" => (RawGrpc.Frame([.. s_good, 0x00]), null),
        "wire type 7" => (RawGrpc.Frame([.. s_good, 0x7f]), null),
        "long varint" => (RawGrpc.Frame([.. s_good, 0x10, .. Enumerable.Repeat((byte)0xff, 10), 0x01]), null),
        "bad UTF-8" => (RawGrpc.Frame([0x0a, 0x02, 0xc3, 0x28]), null),
        _ => (RawGrpc.Frame(
            [.. s_good, .. Enumerable.Repeat((byte[])[0x78, 0x01], 1_000_000).SelectMany(field => field)]), null),
    };

    private static byte[] Gzip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }
}
