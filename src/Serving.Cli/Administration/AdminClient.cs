using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serving.Cli.Administration;

/// <summary>Speaks the admin API. Not safe for use by several threads.</summary>
internal sealed class AdminClient : IDisposable
{
    private const string Prefix = "admin/v1";
    private const string OffsetHeader = "Upload-Offset";

    private readonly HttpClient _http;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    public AdminClient(Uri server, string? token)
    {
        _http = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromMinutes(10) };
        if (!string.IsNullOrEmpty(token))
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <summary>The tables of all models.</summary>
    public async Task<JsonElement> AllAsync(CancellationToken cancellation) =>
        await SendAsync(HttpMethod.Get, "/models", null, null, cancellation);

    /// <summary>The table of a model.</summary>
    public async Task<JsonElement> TableAsync(string model, CancellationToken cancellation) =>
        await SendAsync(HttpMethod.Get, PathOf(model), null, null, cancellation);

    /// <summary>
    /// An act on the table as it stands: refused where somebody else acts between the look and the act.
    /// </summary>
    public async Task<JsonElement> ActAsync(
        HttpMethod method, string model, string rest, JsonObject? body, CancellationToken cancellation)
    {
        JsonElement seen = await TableAsync(model, cancellation);
        long generation = seen.GetProperty("generation").GetInt64();
        return await SendAsync(method, PathOf(model) + rest, body, generation, cancellation);
    }

    /// <summary>Begins an upload, or finds the one of the same bytes that broke off.</summary>
    public async Task<(string Id, long Offset)> BeginAsync(long size, string sha256, CancellationToken cancellation)
    {
        JsonElement all = await SendAsync(HttpMethod.Get, "/uploads", null, null, cancellation);
        foreach (JsonElement upload in all.GetProperty("uploads").EnumerateArray())
        {
            if (upload.GetProperty("sha256").GetString() == sha256 && upload.GetProperty("size").GetInt64() == size)
            {
                return (upload.GetProperty("id").GetString()!, upload.GetProperty("offset").GetInt64());
            }
        }

        var body = new JsonObject { ["size"] = size, ["sha256"] = sha256 };
        JsonElement begun = await SendAsync(HttpMethod.Post, "/uploads", body, null, cancellation);
        return (begun.GetProperty("id").GetString()!, begun.GetProperty("offset").GetInt64());
    }

    /// <summary>The offset of an upload.</summary>
    public async Task<long> OffsetAsync(string id, CancellationToken cancellation) =>
        (await SendAsync(HttpMethod.Get, $"/uploads/{id}", null, null, cancellation)).GetProperty("offset").GetInt64();

    /// <summary>Sends a piece. Returns the new offset, or the right one where the piece began at another.</summary>
    public async Task<long> AppendAsync(
        string id, long offset, ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"{Prefix}/uploads/{id}");
        request.Content = new ReadOnlyMemoryContent(piece);
        request.Headers.Add(OffsetHeader, offset.ToString(CultureInfo.InvariantCulture));
        using HttpResponseMessage response = await _http.SendAsync(request, cancellation);
        if (response.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.Conflict))
        {
            throw await RefusalAsync(response, cancellation);
        }

        return long.Parse(response.Headers.GetValues(OffsetHeader).Single(), CultureInfo.InvariantCulture);
    }

    /// <summary>Makes a version of an upload.</summary>
    public async Task<(string Model, long Version)> CommitAsync(string id, CancellationToken cancellation)
    {
        JsonElement done = await SendAsync(HttpMethod.Post, $"/uploads/{id}:commit", null, null, cancellation);
        return (done.GetProperty("model").GetString()!, done.GetProperty("version").GetInt64());
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string PathOf(string model) => $"/models/{Uri.EscapeDataString(model)}";

    private async Task<JsonElement> SendAsync(
        HttpMethod method, string path, JsonObject? body, long? generation, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, Prefix + path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        if (generation is { } seen)
        {
            request.Headers.IfMatch.Add(new EntityTagHeaderValue(
                string.Create(CultureInfo.InvariantCulture, $"\"{seen}\"")));
        }

        using HttpResponseMessage response = await _http.SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw await RefusalAsync(response, cancellation);
        }

        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
        return document.RootElement.Clone();
    }

    // What the server cannot do at present is not reachable; what it will not do is a refusal.
    private static async Task<Exception> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        string text = await response.Content.ReadAsStringAsync(cancellation);
        string detail = text;
        try
        {
            using JsonDocument problem = JsonDocument.Parse(text);
            detail = $"{problem.RootElement.GetProperty("code").GetString()}: "
                + problem.RootElement.GetProperty("detail").GetString();
            if (problem.RootElement.TryGetProperty("problems", out JsonElement problems))
            {
                detail += string.Concat(problems.EnumerateArray().Select(
                    one => $"\n  {one.GetProperty("place").GetString()}: {one.GetProperty("what").GetString()}"));
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException
            or InvalidOperationException)
        {
            // Something else than a server of ours answered.
        }

        int status = (int)response.StatusCode;
        string message = $"the server answered {status} {detail}";
        return status >= 500 ? new HttpRequestException(message) : new AdminRefusedException(status, message);
    }
}
