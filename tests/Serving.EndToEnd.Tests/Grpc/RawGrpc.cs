using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Serving.EndToEnd.Tests.Fixtures;

namespace Serving.EndToEnd.Tests.Grpc;

/// <summary>gRPC requests byte by byte, which no client library sends.</summary>
internal static class RawGrpc
{
    public const string ScorePath = "/serving.v1.ScoringService/Score";

    public static async Task<(int Http, string? Status, string Message, HttpResponseHeaders Headers)> SendAsync(
        Uri server, byte[] body, string path =
            ScorePath, string type = "application/grpc", params (string, string)[] headers)
    {
        using var content = new ByteArrayContent(body);
        return await SendAsync(server, content, path, type, headers);
    }

    public static async Task<(int Http, string? Status, string Message, HttpResponseHeaders Headers)> SendAsync(
        Uri server, HttpContent content, string path =
            ScorePath, string type = "application/grpc", params (string, string)[] headers)
    {
        // The path goes out as it is given.
        var target = new Uri(
            server.GetLeftPart(UriPartial.Authority) + path,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var client = new HttpClient { Timeout = Patience.Longest };
        using var request = new HttpRequestMessage(HttpMethod.Post, target)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Content.Headers.TryAddWithoutValidation("content-type", type);
        request.Headers.TryAddWithoutValidation("te", "trailers");
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage response = await client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return ((int)response.StatusCode, Find(response, "grpc-status"),
            Uri.UnescapeDataString(Find(response, "grpc-message") ?? ""), response.Headers);
    }

    public static byte[] Frame(byte[] message, byte flag = 0, uint? length = null)
    {
        byte[] frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>A header of the trailers or, where there are none, of the head.</summary>
    public static string? Find(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out IEnumerable<string>? trailer) ? trailer.Single()
        : response.Headers.TryGetValues(name, out IEnumerable<string>? header) ? header.Single() : null;
}
