using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Engine.Routing.Durable;
using Serving.Server.Hosting;

namespace Serving.EndToEnd.Tests.Admin;

/// <summary>A server whose control folder outlives it, and a client of its admin API.</summary>
internal sealed class AdminWorld : IAsyncDisposable
{
    private HttpClient? _client;

    public ModelFolder Folder { get; } = new();

    public string Control => Path.Combine(Folder.Root, "control");

    public ServerHost Host { get; private set; } = null!;

    public Func<ServerOptions, ServerOptions> Change { get; set; } = options => options;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public async Task StartAsync()
    {
        Host = await TestServer.StartAsync(
            Folder,
            TextWriter.Null,
            options => Change(options with { Control = Control, AdminAnonymous = true }),
            time: Time);
        _client = new HttpClient { BaseAddress = Host.AdminAddress, Timeout = Patience.Longest };
    }

    public async Task StopAsync()
    {
        _client?.Dispose();
        if (Host is not null)
        {
            await Host.DisposeAsync();
            Host = null!;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Folder.Dispose();
    }

    public async Task<AdminReply> SendAsync(
        string method, string path, object? body = null, string? token = null, string? ifMatch = null,
        (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/admin/v1" + path);
        request.Content = body switch
        {
            null => null,
            byte[] bytes => new ByteArrayContent(bytes),
            string json => new StringContent(json, Encoding.UTF8, "application/json"),
            _ => new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
        };
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (header is { } extra)
        {
            request.Headers.TryAddWithoutValidation(extra.Name, extra.Value);
        }

        using HttpResponseMessage response = await _client!.SendAsync(request);
        return new AdminReply(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers.ETag?.Tag,
            response.Headers.TryGetValues("Upload-Offset", out IEnumerable<string>? offsets)
                ? long.Parse(offsets.Single(), System.Globalization.CultureInfo.InvariantCulture)
                : -1);
    }

    /// <summary>Uploads a bundle's file and commits it.</summary>
    public async Task<AdminReply> UploadAsync(string file)
    {
        byte[] bytes = await File.ReadAllBytesAsync(file);
        AdminReply begun = await BeginAsync(bytes);
        string id = begun.Json.GetProperty("id").GetString()!;
        AdminReply sent = await SendAsync("PATCH", $"/uploads/{id}", bytes, header: ("Upload-Offset", "0"));
        Assert.Equal((int)HttpStatusCode.NoContent, sent.Status);
        return await SendAsync("POST", $"/uploads/{id}:commit");
    }

    public Task<AdminReply> BeginAsync(byte[] bytes) => SendAsync(
        "POST", "/uploads", new { size = bytes.Length, sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)) });

    public async Task<JsonElement> TableAsync(string model) => (await SendAsync("GET", $"/models/{model}")).Json;

    /// <summary>Looks until a version is in a state; the engine looks at its folder by itself.</summary>
    public async Task WaitAsync(string model, long version, string state)
    {
        using var patience = new CancellationTokenSource(Patience.Longest);
        while (StateOf(await TableAsync(model), version) != state)
        {
            await Task.Delay(50, patience.Token);
        }
    }

    public static string? StateOf(JsonElement table, long version) => table.GetProperty("versions").EnumerateArray()
        .Where(entry => entry.GetProperty("version").GetInt64() == version)
        .Select(entry => entry.GetProperty("state").GetString()).FirstOrDefault();

    public AuditVerification Verify() => AuditVerifier.Verify(Control);

    public string[] AuditLines() => File.ReadAllLines(Path.Combine(Control, ControlFiles.Audit));
}
