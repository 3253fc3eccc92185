using System.Net;
using System.Text;
using System.Text.Json;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Engine.Routing.Durable;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Admin;

/// <summary>
/// One server takes over from another on the same models and control folder, as a rolling restart does: no request is
/// lost, and acts go on where they were. 3 times in every build, 20 in the nightly job, or as SERVING_RESTARTS says.
/// </summary>
public sealed class RollingRestartTests : IDisposable
{
    private readonly ModelFolder _folder = new();
    private volatile Uri _server = new("http://127.0.0.1");

    private string Control => Path.Combine(_folder.Root, "control");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Servers_OneAfterTheOther_LoseNoRequestAndKeepTheTable()
    {
        int restarts = Nightly.Count(3, 20, "SERVING_RESTARTS");
        _folder.Publish("pay", 2);
        AdminProcess server = await StartAsync();
        using var end = new CancellationTokenSource();
        Task<(int Sent, string Failure)>[] load = [LoadAsync(end.Token), LoadAsync(end.Token)];
        for (int restart = 1; restart <= restarts; restart++)
        {
            await ActAsync(server, $$"""{"split": {"1": {{restart}}, "2": {{100 - restart}} } }""", 200);
            AdminProcess next = await StartAsync();

            // The old one holds the control folder as long as it lives; the new one follows what it does.
            await ActAsync(next, """{"split": {"2": 100}}""", (int)HttpStatusCode.PreconditionFailed);
            _server = next.Http;
            Assert.Equal(0, await server.StopAsync());
            await server.DisposeAsync();
            server = next;
            JsonElement table = await ActAsync(server, """{"by": "count"}""", 200);
            Assert.Equal(2 * restart, table.GetProperty("generation").GetInt64());
            Assert.Equal(restart, table.GetProperty("split").GetProperty("1").GetInt32());
        }

        await end.CancelAsync();
        foreach ((int sent, string failure) in await Task.WhenAll(load))
        {
            Assert.Equal("", failure);
            Assert.True(sent > 0);
        }

        await server.StopAsync();
        await server.DisposeAsync();
        Assert.True(AuditVerifier.Verify(Control).IsOk);
    }

    private async Task<AdminProcess> StartAsync()
    {
        AdminProcess server = await AdminProcess.StartAsync(_folder.Models, Control);
        if (_server.Port == 80)
        {
            _server = server.Http;
        }

        return server;
    }

    // Each request goes to the server that is in front at that moment; one that is under way ends where it began.
    private async Task<(int Sent, string Failure)> LoadAsync(CancellationToken end)
    {
        using var client = new HttpClient { Timeout = Patience.Longest };
        int sent = 0;
        while (!end.IsCancellationRequested)
        {
            using var body = new StringContent(Samples.Json, Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await client.PostAsync(
                new Uri(_server, "/v1/score/pay"), body, CancellationToken.None);
            if (!response.IsSuccessStatusCode)
            {
                string text = await response.Content.ReadAsStringAsync(CancellationToken.None);
                return (sent, $"request {sent}: {response.StatusCode} {text}");
            }

            sent++;
        }

        return (sent, "");
    }

    private static async Task<JsonElement> ActAsync(AdminProcess server, string body, int status)
    {
        using var client = new HttpClient { BaseAddress = server.Admin, Timeout = Patience.Longest };
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PutAsync(
            new Uri("/admin/v1/models/pay/traffic", UriKind.Relative), content);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} {text}\n{server.Error}");
        return JsonDocument.Parse(text).RootElement.Clone();
    }
}
