using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Serving.Testing;

namespace Serving.State.Tests.Redis;

/// <summary>A real toxiproxy between a store and its server; skips the test where the program is absent.</summary>
internal sealed class Toxiproxy : IDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    private Toxiproxy(Process process, HttpClient client, int port)
    {
        _process = process;
        _client = client;
        Endpoint = $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>Where the store connects.</summary>
    public string Endpoint { get; }

    public static async Task<Toxiproxy> Start(RedisServer server)
    {
        string program = Unpacked();
        int control = RedisServer.FreePort();
        int port = RedisServer.FreePort();
        ProcessStartInfo start = new(program, ["-port", control.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Uri address = new($"http://127.0.0.1:{control.ToString(CultureInfo.InvariantCulture)}/");
        HttpClient client = new() { BaseAddress = address };
        Toxiproxy proxy = new(process, client, port);
        Assert.True(await Waiting.Becomes(proxy.Answers, TimeSpan.FromSeconds(20)), "toxiproxy does not start");
        await proxy.Post(
            "proxies", new { name = "redis", listen = proxy.Endpoint, upstream = server.Endpoint, enabled = true });
        return proxy;
    }

    /// <summary>Adds a toxic in both directions, or in one.</summary>
    public async Task Add(string type, object attributes, params string[] streams)
    {
        foreach (string stream in streams is [] ? ["upstream", "downstream"] : streams)
        {
            await Post("proxies/redis/toxics", new { name = $"{type}-{stream}", type, stream, attributes });
        }
    }

    /// <summary>Takes every toxic away.</summary>
    public async Task Reset() =>
        (await _client.PostAsync(new Uri("reset", UriKind.Relative), null)).EnsureSuccessStatusCode();

    public void Dispose()
    {
        _client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Unpacked()
    {
        string? script = SharedFiles.Find("bin/unpack.sh");
        Assert.SkipWhen(script is null, "shared/bin with toxiproxy is not here");
        using Process unpack = Process.Start(new ProcessStartInfo("bash", [script, "/tmp/serving-tools", "net"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        string folder = unpack.StandardOutput.ReadToEnd().Trim();
        unpack.WaitForExit();
        return Path.Combine(folder, "toxiproxy-server");
    }

    private async Task<bool> Answers()
    {
        try
        {
            return (await _client.GetAsync(new Uri("version", UriKind.Relative))).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task Post(string path, object body) =>
        (await _client.PostAsJsonAsync(path, body)).EnsureSuccessStatusCode();
}
