using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Serving.EndToEnd.Tests.Drift;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.EndToEnd.Tests.Windows;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Charts;

public sealed partial class DashboardTests
{
    private static readonly string[] s_conditional = ["(Redis)", "with `--records`", "(once there is one)"];

    [Fact]
    public async Task Dashboard_EveryQuery_IsAnsweredFromARealServer()
    {
        TestTools.Find("prometheus");
        await using var server = new WindowServer();
        await StartAsync(server);
        using var prometheus = new Prometheus(server.Host.HttpAddress.Port);
        using var stop = new CancellationTokenSource();
        Task load = LoadAsync(server, stop.Token);
        string[] queries = Queries();
        Assert.InRange(queries.Length, 15, 100);
        long start = Stopwatch.GetTimestamp();
        foreach (string query in queries)
        {
            (int series, string error) = await prometheus.QueryAsync(query);
            while (series <= 0 && Stopwatch.GetElapsedTime(start) < Patience.Longest)
            {
                Assert.Equal("", error);
                await Task.Delay(200, TestContext.Current.CancellationToken);
                (series, error) = await prometheus.QueryAsync(query);
            }

            Assert.True(series > 0, $"no answer to {query} {error}");
        }

        await stop.CancelAsync();
        await load;
    }

    // Docs and server agree: every metric of the page is documented with its type, and the other way round.
    [Fact]
    public async Task Metrics_OfTheServerAndOfTheDocs_AreTheSame()
    {
        await using var server = new WindowServer();
        await StartAsync(server);
        using var once = new CancellationTokenSource();
        await once.CancelAsync();
        await LoadAsync(server, once.Token);
        await server.PostAsync("/v1/score/pay", "{");
        using (var bad = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/score/%2e%2e/x", UriKind.Relative)))
        {
            (await server.Http.SendAsync(bad)).Dispose();
        }

        string page = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        string[] shown = [.. Shown().Matches(page)
            .Select(match => $"{match.Groups["name"].Value} {match.Groups["type"].Value}")];
        string docs = await File.ReadAllTextAsync(Path.Combine(SharedFiles.Repository, "docs", "metrics.md"));
        string[] lines = [.. docs.Split('\n').Where(line => line.StartsWith("| `serving_", StringComparison.Ordinal))];
        string[] always = [.. lines.Where(line => !s_conditional.Any(line.Contains)).Select(NameAndType)];

        Assert.NotEmpty(shown);
        Assert.Empty(shown.Except(lines.Select(NameAndType)));
        Assert.Empty(always.Except(shown).Except(["serving_rejected_total counter"]));
    }

    private static string NameAndType(string line)
    {
        string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
        return $"{cells[1].Trim('`')} {cells[2]}";
    }

    private static async Task StartAsync(WindowServer server)
    {
        using var folder = new ModelFolder();
        await DriftModel.PublishAsync(folder);
        Directory.Move(Path.Combine(folder.Models, "shop"), Path.Combine(server.Models, "shop"));
        await server.StartAsync();
    }

    // Scores, a wrong row and an event of each model, again and again so that rates have something to tell.
    private static async Task LoadAsync(WindowServer server, CancellationToken cancellation)
    {
        int round = 0;
        do
        {
            string id = WindowServer.Text(round++);
            await server.ScoreAsync($"p{id}", "c1", server.Now + round);
            (int status, string body) = await server.PostAsync("/v1/score/shop", DriftModel.Json(200, round));
            Assert.True(status == 200, body);
            await server.PostAsync("/v1/score/shop", """{"nobody":1}""");
            string at = WindowServer.Text(server.Now);
            (status, body) = await server.PostAsync(
                "/v1/events/pay/chargeback",
                $$"""{"cb":"b{{id}}","at":{{at}},"known_at":{{at}},"card":"c1","sum":"1.00"}""");
            Assert.True(status == 200, body);
            await Task.WhenAny(Task.Delay(300, cancellation));
        }
        while (!cancellation.IsCancellationRequested);
    }

    private static string[] Queries()
    {
        string path = Path.Combine(SharedFiles.Repository, "charts", "grafana", "serving.json");
        using JsonDocument dashboard = JsonDocument.Parse(File.ReadAllText(path, Encoding.UTF8));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!
                .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
                .Replace("$instance", ".*", StringComparison.Ordinal)
                .Replace("$model", ".+", StringComparison.Ordinal))];
    }

    [GeneratedRegex(
        "^# TYPE (?<name>\\S+) (?<type>\\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shown();
}
