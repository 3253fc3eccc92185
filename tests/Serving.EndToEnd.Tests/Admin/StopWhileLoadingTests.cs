using System.Text.Json;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Engine.Routing.Durable;

namespace Serving.EndToEnd.Tests.Admin;

/// <summary>SIGTERM while a version loads and its publication waits for it (hardening.md 120).</summary>
public sealed class StopWhileLoadingTests : IDisposable
{
    private readonly ModelFolder _folder = new();

    private string Control => Path.Combine(_folder.Root, "control");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Terminate_WhileAVersionLoads_EndsAndKeepsWhatWasDecided(int signals)
    {
        // At ten bytes a second the load would take hours: who waits for it does not end.
        string config = Path.Combine(_folder.Root, "config.yaml");
        await File.WriteAllTextAsync(config, "load-bandwidth: 10\ndrain-timeout: 5s\n");
        await using (AdminProcess server = await AdminProcess.StartAsync(
            _folder.Models, Control, more: ["--config", config]))
        {
            using var client = new HttpClient { BaseAddress = server.Admin, Timeout = Patience.Longest };
            using var body = new StringContent("""{"split": {"1": 100}}""");
            body.Headers.ContentType = new("application/json");
            (await client.PutAsync(At("/models/pay/traffic"), body)).EnsureSuccessStatusCode();
            _folder.Publish("pay", 2);
            await WaitAsync(client, "Loading");
            using var publish = new StringContent("""{"version": 2, "as": "stable"}""");
            publish.Headers.ContentType = new("application/json");
            (await client.PostAsync(At("/models/pay:publish"), publish)).EnsureSuccessStatusCode();
            int code = await server.StopAsync(signals);
            Assert.True(code == 0 || signals > 1, $"exit code {code}: {server.Error}");
        }

        // The table of the last audit line holds: the publication still waits, and is carried out now.
        Assert.True(AuditVerifier.Verify(Control).IsOk);
        await using AdminProcess again = await AdminProcess.StartAsync(_folder.Models, Control);
        using var look = new HttpClient { BaseAddress = again.Admin, Timeout = Patience.Longest };
        await WaitAsync(look, "Ready");
        using var patience = new CancellationTokenSource(Patience.Longest);
        while ((await TableAsync(look)).GetProperty("labels").GetProperty("stable").GetInt64() != 2)
        {
            await Task.Delay(50, patience.Token);
        }
    }

    private static async Task WaitAsync(HttpClient client, string state)
    {
        using var patience = new CancellationTokenSource(Patience.Longest);
        while (AdminWorld.StateOf(await TableAsync(client), 2) != state)
        {
            await Task.Delay(20, patience.Token);
        }
    }

    private static async Task<JsonElement> TableAsync(HttpClient client) =>
        JsonDocument.Parse(await client.GetStringAsync(At("/models/pay"))).RootElement;

    private static Uri At(string path) => new("/admin/v1" + path, UriKind.Relative);
}
