using System.Net.Http.Headers;

namespace Serving.LoadTest;

/// <summary>
/// Posts JSON bodies to the score endpoint over HTTP/1.1, on as many connections as calls may be in flight.
/// </summary>
internal sealed class RestTarget : ILoadTarget
{
    private readonly HttpClient _client;
    private readonly Uri _score;
    private readonly byte[][] _bodies;

    public RestTarget(Uri address, string model, byte[][] bodies, int connections)
    {
        _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false });
        _score = new(address, $"/v1/score/{Uri.EscapeDataString(model)}");
        _bodies = bodies;
    }

    public async Task<string?> CallAsync(int number)
    {
        try
        {
            using ByteArrayContent body = new(_bodies[number % _bodies.Length]);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage answer = await _client.PostAsync(_score, body).ConfigureAwait(false);
            await answer.Content.CopyToAsync(Stream.Null).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? null : $"HTTP {(int)answer.StatusCode}";
        }
        catch (HttpRequestException error)
        {
            return $"HTTP: {error.HttpRequestError}";
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
