using System.Text;
using System.Text.Json;
using Serving.EndToEnd.Tests.Fixtures;

namespace Serving.EndToEnd.Tests.Admin;

public sealed class ShadowEndpointTests : IAsyncLifetime
{
    // Of Samples.Json the version of the folder gives 0.18 or so, and one without a bias 0.5 or so.
    private const string Decisions = """
        { "format": "serving.decision", "version": 1, "otherwise": "approve",
          "thresholds": [{ "from": 0.3, "decision": "review" }, { "from": 0.99, "decision": "decline" }] }
        """;

    private readonly AdminWorld _world = new();

    public async ValueTask InitializeAsync()
    {
        _world.Folder.Publish("pay", 2, bias: -0.2, Decisions);
        _world.Folder.Publish("pay", 3, bias: -1.5);
        await _world.StartAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Shadow_OfOtherThresholds_DisagreesAtThoseOfItsBundle()
    {
        Assert.Equal(404, (await _world.SendAsync("GET", "/models/nobody/shadow")).Status);
        Assert.Equal(404, (await _world.SendAsync("GET", "/models/pay/shadow")).Status);
        await SplitAsync("""{"split": {"1": 100}, "shadow": {"2": 100}}""");

        double answered = await ScoreAsync(requests: 20);
        JsonElement seen = await AwaitAsync(20);

        Assert.Equal((2, 0), (seen.GetProperty("version").GetInt64(), seen.GetProperty("dropped").GetInt64()));
        Assert.Equal(20, seen.GetProperty("compared").GetInt64());
        double mean = seen.GetProperty("delta").GetProperty("mean").GetDouble();
        Assert.True(answered < 0.3 && answered + mean is > 0.3 and < 0.5, $"{answered} {seen}");
        Assert.Equal(20, seen.GetProperty("disagree").GetInt64());
        Assert.Equal(["mean", "p50", "p99", "max"], NamesOf(seen.GetProperty("delta")));
        Assert.Equal(["version", "compared", "dropped", "disagree", "delta", "p99_ms"], NamesOf(seen));

        // Requests that name their version are nobody's to copy.
        await ScoreAsync(requests: 3, "?version=1");
        await ScoreAsync(requests: 1);
        Assert.Equal(21, (await AwaitAsync(21)).GetProperty("compared").GetInt64());
    }

    [Fact]
    public async Task Shadow_WithoutThresholds_DisagreesAtAHalf()
    {
        await SplitAsync("""{"split": {"2": 100}, "shadow": {"3": 100}}""");
        await ScoreAsync(requests: 5);
        JsonElement seen = await AwaitAsync(5);
        Assert.True(seen.GetProperty("delta").GetProperty("mean").GetDouble() < -0.1, $"{seen}");
        Assert.Equal(0, seen.GetProperty("disagree").GetInt64());
    }

    [Fact]
    public async Task Shadows_Several_AreAllShown()
    {
        await SplitAsync("""{"split": {"1": 100}, "shadow": {"2": 50, "3": 50}}""");
        JsonElement seen = (await _world.SendAsync("GET", "/models/pay/shadow")).Json;
        Assert.Equal(3, seen.GetProperty("version").GetInt64());
        Assert.Equal(2, seen.GetProperty("others")[0].GetProperty("version").GetInt64());
    }

    private async Task SplitAsync(string body) =>
        Assert.Equal(200, (await _world.SendAsync("PUT", "/models/pay/traffic", body)).Status);

    private async Task<double> ScoreAsync(int requests, string query = "")
    {
        using var http = new HttpClient { BaseAddress = _world.Host.HttpAddress };
        string answer = "";
        for (int request = 0; request < requests; request++)
        {
            using var body = new StringContent(Samples.Json, Encoding.UTF8, "application/json");
            using HttpResponseMessage scored = await http.PostAsync(
                new Uri($"/v1/score/pay{query}", UriKind.Relative), body);
            answer = await scored.Content.ReadAsStringAsync();
            Assert.True(scored.IsSuccessStatusCode, answer);
        }

        return JsonDocument.Parse(answer).RootElement.GetProperty("score").GetDouble();
    }

    private async Task<JsonElement> AwaitAsync(long compared)
    {
        using var patience = new CancellationTokenSource(Patience.Longest);
        while (true)
        {
            JsonElement seen = (await _world.SendAsync("GET", "/models/pay/shadow")).Json;
            if (seen.GetProperty("compared").GetInt64() + seen.GetProperty("dropped").GetInt64() >= compared)
            {
                return seen;
            }

            await Task.Delay(20, patience.Token);
        }
    }

    private static string[] NamesOf(JsonElement item) =>
        [.. item.EnumerateObject().Select(member => member.Name)];
}
