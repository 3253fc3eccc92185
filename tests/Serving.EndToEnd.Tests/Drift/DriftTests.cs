using System.Net;
using System.Text;
using System.Text.Json;
using Serving.Cli.Tests.Running;
using Serving.EndToEnd.Tests.Fixtures;

namespace Serving.EndToEnd.Tests.Drift;

public sealed class DriftTests : IAsyncLifetime
{
    private readonly TestServer _server = new();

    public async ValueTask InitializeAsync()
    {
        await DriftModel.PublishAsync(_server.Folder);
        await _server.InitializeAsync();
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    // Issue 7: the shifted feature is named by endpoint and metric, the others stay below the warning.
    [Fact]
    public async Task Drift_OneFeatureShifted_IsNamedByEndpointAndMetric()
    {
        await ScoreAsync("shop", DriftModel.Json(5_000, 2, shift: 400));

        foreach (string period in (string[])["hour", "day"])
        {
            JsonElement report = await ReportAsync($"/v1/models/shop/drift?period={period}&sketches=true");
            Assert.Equal(("shop", 1, "bundle"), (
                report.GetProperty("model").GetString(),
                report.GetProperty("version").GetInt32(),
                report.GetProperty("baseline").GetString()));
            JsonElement newest = report.GetProperty("periods").EnumerateArray().Last();
            JsonElement[] columns = [.. newest.GetProperty("columns").EnumerateArray()];
            Assert.Equal(
                ["amount_v", "ratio_v", "country_h", "weekend", "score"],
                columns.Select(column => column.GetProperty("name").GetString()));
            Assert.Equal(
                ["page", "ok", "ok", "ok", "ok"], columns.Select(column => column.GetProperty("state").GetString()));
            Assert.All(columns.Skip(1), column => Assert.InRange(column.GetProperty("psi").GetDouble(), 0, 0.05));
            Assert.InRange(columns[2].GetProperty("missing").GetDouble(), 0.03, 0.07);
            Assert.InRange(columns[2].GetProperty("baseline_missing").GetDouble(), 0.03, 0.07);
            Assert.Equal(
                newest.GetProperty("rows").GetInt64(),
                columns[0].GetProperty("sketch").GetProperty("counts").EnumerateArray().Sum(count => count.GetInt64()));
        }

        string page = await _server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        string[] states = [.. page.Split('\n').Where(line =>
            line.StartsWith("serving_drift_state{", StringComparison.Ordinal) && line.Contains("period=\"day\""))];
        Assert.Equal(5, states.Length);
        Assert.All(states, line => Assert.EndsWith(line.Contains("column=\"amount_v\"") ? " 2" : " 0", line));
    }

    [Fact]
    public async Task Drift_WithoutABaseline_SaysSinceWhen()
    {
        await ScoreAsync("pay", $"[{Samples.Json},{Samples.Json},{Samples.Json}]");

        JsonElement report = await ReportAsync("/v1/models/pay/drift");

        Assert.Matches("^traffic since 20[0-9-]+T[0-9:.]+Z$", report.GetProperty("baseline").GetString());
        Assert.Equal(
            3, report.GetProperty("periods").EnumerateArray().Sum(period => period.GetProperty("rows").GetInt32()));
    }

    [Theory]
    [InlineData("/v1/models/shop/drift?period=week", HttpStatusCode.BadRequest)]
    [InlineData("/v1/models/shop/drift?period=hour&period=day", HttpStatusCode.BadRequest)]
    [InlineData("/v1/models/shop/drift?version=x", HttpStatusCode.BadRequest)]
    [InlineData("/v1/models/shop/drift?nobody=1", HttpStatusCode.BadRequest)]
    [InlineData("/v1/models/shop/drift?version=7", HttpStatusCode.NotFound)]
    [InlineData("/v1/models/nobody/drift", HttpStatusCode.NotFound)]
    public async Task Drift_BadRequest_IsAProblem(string path, HttpStatusCode status)
    {
        using HttpResponseMessage answer = await _server.Http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    // On the admin port it asks for a token as all there does; under both names.
    [Theory]
    [InlineData("/v1/models/pay/drift")]
    [InlineData("/admin/v1/models/pay/drift")]
    public async Task Drift_OnTheAdminPort_IsForThoseWhoMay(string path)
    {
        foreach (bool isOpen in (bool[])[true, false])
        {
            await using var own = new TestServer
            {
                Change = options => options with { AdminPort = 0, AdminAnonymous = isOpen },
            };
            await own.InitializeAsync();
            using var client = new HttpClient { BaseAddress = own.Host.AdminAddress };
            using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative));

            Assert.Equal(isOpen ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Drift_SwitchedOff_IsSaid()
    {
        await using var own = new TestServer { Change = options => options with { Drift = false } };
        await own.InitializeAsync();
        using HttpResponseMessage answer = await own.Http.GetAsync(new Uri("/v1/models/pay/drift", UriKind.Relative));

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
    }

    // The baseline is of the bundle like any other file: verified, hashed, refused where it does not fit.
    [Fact]
    public async Task Bundle_WithABaseline_IsVerified()
    {
        string bundle = Path.Combine(_server.Folder.Models, "shop", "1");
        await CommandRun.DoneAsync("bundle", "verify", bundle);
        using JsonDocument baseline = JsonDocument.Parse(
            await File.ReadAllBytesAsync(Path.Combine(bundle, "baseline.json")));
        Assert.Equal(DriftModel.BaselineRows, baseline.RootElement.GetProperty("rows").GetInt32());
        JsonElement amount = baseline.RootElement.GetProperty("columns")[0];
        Assert.Equal(10, amount.GetProperty("counts").GetArrayLength());

        await File.AppendAllTextAsync(Path.Combine(bundle, "baseline.json"), " ");
        CommandRun run = await CommandRun.OfAsync("bundle", "verify", bundle);
        Assert.Contains("baseline.json", run.Expect(1).Out, StringComparison.Ordinal);
    }

    private async Task ScoreAsync(string model, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer =
            await _server.Http.PostAsync(new Uri($"/v1/score/{model}", UriKind.Relative), body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonElement> ReportAsync(string path)
    {
        using JsonDocument document = JsonDocument.Parse(
            await _server.Http.GetStringAsync(new Uri(path, UriKind.Relative)));
        return document.RootElement.Clone();
    }
}
