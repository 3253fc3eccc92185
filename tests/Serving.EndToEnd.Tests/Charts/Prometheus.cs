using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Serving.EndToEnd.Tests.Fixtures;

namespace Serving.EndToEnd.Tests.Charts;

/// <summary>A Prometheus that scrapes one server every second.</summary>
internal sealed class Prometheus : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("serving-prometheus-").FullName;
    private readonly Process _process;
    private readonly HttpClient _http;

    public Prometheus(int targetPort)
    {
        int port = FreePort();
        string configuration = Path.Combine(_folder, "prometheus.yaml");
        File.WriteAllText(configuration, $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs: [{ job_name: serving, static_configs: [{ targets: ["127.0.0.1:{{targetPort}}"] }] }]
            """);
        string[] arguments =
        [
            "--config.file", configuration, "--web.listen-address", $"127.0.0.1:{port}",
            "--storage.tsdb.path", Path.Combine(_folder, "data"), "--log.level", "error",
        ];
        _process = Process.Start(new ProcessStartInfo(TestTools.Find("prometheus"), arguments)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
    }

    /// <summary>How many series answer a query; -1 while it cannot be asked, with the error of a wrong query.</summary>
    public async Task<(int Series, string Error)> QueryAsync(string query)
    {
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync(
                new Uri($"api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative));
            string text = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode)
            {
                return (-1, text);
            }

            using JsonDocument document = JsonDocument.Parse(text);
            return (document.RootElement.GetProperty("data").GetProperty("result").GetArrayLength(), "");
        }
        catch (HttpRequestException)
        {
            return (-1, "");
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
