using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Serving.EndToEnd.Tests.Fixtures;

namespace Serving.EndToEnd.Tests.Rest;

/// <summary>
/// Section A of the bad inputs, by number; cases 2 to 6 hold Kestrel's own answers fast (docs/security.md).
/// </summary>
public sealed class BadHttpTests(TestServer server) : IClassFixture<TestServer>, IAsyncDisposable
{
    private const string Json = "Host: a\r\nContent-Type: application/json\r\n";
    private const string Post = "POST /v1/score/pay HTTP/1.1\r\n" + Json;
    private const string Utf16 =
        "POST /v1/score/pay HTTP/1.1\r\nHost: a\r\nContent-Type: application/json; charset=utf-16\r\n";

    private static readonly string s_body = Samples.Json.Trim();
    private static readonly string s_length = $"Content-Length: {s_body.Length}\r\n";

    public static TheoryData<int, string, int> Requests => new()
    {
        { 0, $"{Post}{s_length}\r\n{s_body}", 200 },
        { 0, $"{Post}Transfer-Encoding: chunked\r\n\r\n{s_body.Length:x}\r\n{s_body}\r\n0\r\n\r\n", 200 },
        { 1, $"{Post}{s_length}Transfer-Encoding: chunked\r\n\r\n{s_body.Length:x}\r\n{s_body}\r\n0\r\n\r\n", 400 },
        { 2, $"{Post}Content-Length: 5, 5\r\n\r\n{{}}   ", 400 },
        { 2, $"{Post}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{{}}   ", 400 },
        { 2, $"{Post}Content-Length: -5\r\n\r\n", 400 },
        { 2, $"{Post}Content-Length: 9223372036854775808\r\n\r\n", 400 },
        { 3, $"{Post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501 },
        { 3, $"{Post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400 },
        { 3, $"{Post}Transfer-Encoding:\txchunked\r\n\r\n0\r\n\r\n", 400 },
        { 3, $"{Post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400 },
        { 4, $"{Post}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}XX0\r\n\r\n", 400 },
        { 5, $"{Post}Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400 },
        { 7, $"{Post}Content-Length: 5000000\r\n\r\n", 413 },
        { 8, $"{Post}Content-Encoding: br\r\n{s_length}\r\n{s_body}", 415 },
        { 8, $"{Post}Content-Encoding: gzip\r\n{s_length}\r\n{s_body}", 400 },
        { 9, Post + string.Concat(Enumerable.Range(0, 101).Select(i => $"X-{i}: 1\r\n")) + "\r\n", 431 },
        { 9, $"{Post}X-Large: {new string('a', 33 << 10)}\r\n\r\n", 431 },
        { 9, $"GET /{new string('a', 9 << 10)} HTTP/1.1\r\nHost: a\r\n\r\n", 414 },
        { 10, $"{Post}X-Nul: a\0b\r\n\r\n", 400 },
        { 10, $"{Post}X-Fold: a\r\n b\r\n\r\n", 400 },
        { 10, $"{Post}X-Space : a\r\n\r\n", 400 },
        { 10, "GET /livez HTTP/1.1\r\n\r\n", 400 },
        { 10, "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400 },
        { 10, "GET /livez HTTP/1.1\r\nHost: a b\r\n\r\n", 400 },
        { 10, "GET http://b/livez HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
        { 10, "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n", 400 },
        { 11, "GET /livez HTTP/1.2\r\nHost: a\r\n\r\n", 505 },
        { 11, "GET /livez HTTP/9.9\r\nHost: a\r\n\r\n", 505 },
        { 11, "TRACE /livez HTTP/1.1\r\nHost: a\r\n\r\n", 405 },
        { 11, "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 405 },
        { 11, "DELETE /v1/score/pay HTTP/1.1\r\nHost: a\r\n\r\n", 405 },
        { 11, $"POST /v1/score/pay HTTP/1.1\r\nHost: a\r\n{s_length}\r\n{s_body}", 415 },
        { 11, $"POST /v1/score/pay HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n{s_length}\r\n{s_body}", 415 },
        { 47, $"{Utf16}{s_length}\r\n{s_body}", 415 },
        { 0, "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", 404 },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_Bad_GetsItsStatus(int number, string request, int status)
    {
        (int actual, string text, bool isClosed) = await RawHttp.SendAsync(server.HttpPort, request);

        Assert.True(status == actual, text);
        Assert.DoesNotContain("Exception", text);
        if (number is >= 1 and <= 7 or 9 or 10)
        {
            Assert.True(isClosed, text);
        }
    }

    // 2, 3 and 4, where Kestrel's parser takes what a strict one refuses: RFC 9112 allows the tab and the bare LF.
    [Theory]
    [InlineData("Content-Length: +LENGTH\r\n\r\nBODY")]
    [InlineData("Transfer-Encoding:\tchunked\r\n\r\nSIZE\r\nBODY\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\t\r\n\r\nSIZE\r\nBODY\r\n0\r\n\r\n")]
    [InlineData("Content-Length: LENGTH\n\nBODY")]
    public async Task Request_KestrelIsLenient_IsTaken(string rest)
    {
        string request = Post + rest
            .Replace("LENGTH", $"{s_body.Length}", StringComparison.Ordinal)
            .Replace("SIZE", $"{s_body.Length:x}", StringComparison.Ordinal)
            .Replace("BODY", s_body, StringComparison.Ordinal);

        (int status, string text, _) = await RawHttp.SendAsync(server.HttpPort, request);

        Assert.True(status == 200, text);
    }

    // 13: what a name hides.
    [Theory]
    [InlineData("../x")]
    [InlineData("a/../b")]
    [InlineData("%20..")]
    [InlineData("/etc/passwd")]
    [InlineData("pay/")]
    [InlineData("")]
    [InlineData("%20")]
    [InlineData("%09")]
    [InlineData("..%2f..")]
    [InlineData("%252e%252e")]
    [InlineData("\\..\\")]
    [InlineData("%5c..%5c")]
    [InlineData("Pay")]
    [InlineData("p%61y%00")]
    public async Task Score_NameThatIsAPath_Is400(string name)
    {
        (int status, string text, _) = await RawHttp.SendAsync(
            server.HttpPort, $"POST /v1/score/{name} HTTP/1.1\r\n{Json}{s_length}\r\n{s_body}");

        Assert.True(status == 400, text);
    }

    [Fact]
    public async Task Score_LongName_Is400() => Assert.Equal(400, (await RawHttp.SendAsync(
        server.HttpPort, $"POST /v1/score/{new string('a', 300)} HTTP/1.1\r\n{Json}{s_length}\r\n{s_body}")).Status);

    // 7: no length is declared, the limit is met in mid-stream.
    [Fact]
    public async Task Score_UndeclaredBodyOverTheLimit_Is413()
    {
        string chunk = new(' ', 65_536);
        string body = string.Concat(Enumerable.Repeat($"10000\r\n{chunk}\r\n", 70)) + "0\r\n\r\n";

        Assert.Equal(413, (
            await RawHttp.SendAsync(server.HttpPort, $"{Post}Transfer-Encoding: chunked\r\n\r\n{body}")).Status);
    }

    // 8: what counts are the bytes after decompression.
    [Theory]
    [InlineData(64 << 20, 413)]
    [InlineData(0, 200)]
    public async Task Score_GzipBody_IsCountedInflated(int blanks, int status)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(s_body));
            gzip.Write(Enumerable.Repeat((byte)' ', blanks).ToArray());
        }

        byte[] head =
            Encoding.Latin1.GetBytes($"{Post}Content-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n");

        Assert.Equal(status, (await RawHttp.SendAsync(server.HttpPort, [.. head, .. packed.ToArray()])).Status);
    }

    // 12: headers that never end, a body that stalls.
    [Theory]
    [InlineData("POST /v1/score/pay HTTP/1.1\r\nHost: a\r\nX")]
    [InlineData(
        "POST /v1/score/pay HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{")]
    public async Task Request_ThatStalls_Is408Within5Seconds(string request)
    {
        (int status, string text, bool isClosed) = await RawHttp.SendAsync(server.HttpPort, request);

        Assert.True(status == 408, text);
        Assert.True(isClosed);
    }

    // 14: a client that is gone in the middle of its body is not scored (LeavingClientTests: of its answer).
    [Fact]
    public async Task Score_ClientGoneInMidBody_IsNotScored()
    {
        using (var client = new TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", server.HttpPort);
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"{Post}{s_length}\r\n{{"));
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        Assert.Equal(200, (await RawHttp.SendAsync(server.HttpPort, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
    }

    [Fact]
    public async Task Score_BadRow_IsAProblemWithItsPlaces()
    {
        string body = """[{"id":"a"},{"nobody":1}]""";
        (int status, string text, _) = await RawHttp.SendAsync(
            server.HttpPort, $"{Post}Content-Length: {body.Length}\r\n\r\n{body}");
        using JsonDocument problem =
            JsonDocument.Parse(text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);

        Assert.Equal(400, status);
        Assert.Contains("Content-Type: application/problem+json", text);
        Assert.Equal("INVALID_ARGUMENT", problem.RootElement.GetProperty("code").GetString());
        Assert.Equal(400, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Equal(
            "rows[1], field 'nobody'", problem.RootElement.GetProperty("problems")[0].GetProperty("place").GetString());
        Assert.NotEqual("", problem.RootElement.GetProperty("error_id").GetString());
    }

    [Theory]
    [InlineData("/v1/score/nobody", 404)]
    [InlineData("/v1/score/pay?version=9", 404)]
    [InlineData("/v1/score/pay?version=x", 400)]
    [InlineData("/v1/score/pay?version=1&version=1", 400)]
    [InlineData("/v1/score/pay?nobody=1", 400)]
    [InlineData("/v1/score/pay?features=maybe", 400)]
    [InlineData("/v1/score/pay?reasons=3", 501)]
    [InlineData("/v1/score/pay?label=x", 404)]
    [InlineData("/v1/score/pay?label=stable&version=1", 400)]
    [InlineData("/v1/score/pay?version=1&label=nobody", 400)]
    [InlineData("/v1/score/pay?label=stable", 200)]
    [InlineData("/v1/score/pay?version=1&features=1&reasons=0&score_only=true", 200)]
    public async Task Score_Query_IsReadStrictly(string path, int status)
    {
        (int actual, string text, _) = await RawHttp.SendAsync(
            server.HttpPort, $"POST {path} HTTP/1.1\r\n{Json}{s_length}\r\n{s_body}");

        Assert.True(status == actual, text);
    }

    public async ValueTask DisposeAsync() => Assert.Equal(
        200, (await RawHttp.SendAsync(server.HttpPort, $"{Post}{s_length}\r\n{s_body}")).Status);
}
