using System.Text.Json;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>A version that waits for its history holds up nobody: the server says ready without it.</summary>
public sealed class WaitingVersionTests
{
    [Fact]
    public async Task Start_OfTwoVersionsWithOtherLogs_IsReadyByOneAndTellsHowFarTheOtherIs()
    {
        using FaultWorld world = new();
        world.PublishOtherLog(2);

        // It has read `ready models=1` when it returns.
        await using ServingProcess server = await ServingProcess.StartAsync(
            world, world["state"], world["records.jsonl"], "--admin-anonymous");
        Assert.StartsWith("ok", await server.Http.GetStringAsync(new Uri("/readyz", UriKind.Relative)));
        JsonElement[] versions = await VersionsAsync(server);
        Assert.Equal(["Warming", "Ready"], versions.Select(version => version.GetProperty("state").GetString()));
        string reason = versions[0].GetProperty("reason").GetString()!;
        Assert.Contains("history", reason, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());

        // What served goes on to serve, and what waited waits on from where it was.
        await using ServingProcess again = await ServingProcess.StartAsync(
            world, world["state"], world["records.jsonl"], "--admin-anonymous");
        versions = await VersionsAsync(again);
        Assert.Contains("Ready", versions.Select(version => version.GetProperty("state").GetString()));
    }

    private static async Task<JsonElement[]> VersionsAsync(ServingProcess server)
    {
        using var client = new HttpClient { BaseAddress = server.Admin };
        string table = await client.GetStringAsync(new Uri("/admin/v1/models/pay", UriKind.Relative));
        return [.. JsonDocument.Parse(table).RootElement.GetProperty("versions").EnumerateArray()];
    }
}
