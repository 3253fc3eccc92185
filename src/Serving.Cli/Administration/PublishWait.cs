using System.Text.Json;
using Serving.Cli.CommandLine;

namespace Serving.Cli.Administration;

/// <summary>Waits until a published version is Ready and has what it was published as, or failed.</summary>
internal sealed class PublishWait(AdminClient client, CommandConsole console)
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(250);

    /// <summary>The table then, and why the version is not published; null where it is.</summary>
    public async Task<(JsonElement Table, string? Failure)> UntilDoneAsync(
        string model, long version, CancellationToken cancellation)
    {
        var live = new LiveLines(console);
        using var timer = new PeriodicTimer(s_period);
        while (true)
        {
            JsonElement table = await client.TableAsync(model, cancellation);
            live.Draw(TableText.Lines(table));
            (bool isDone, string? failure) = Look(table, version);
            if (isDone)
            {
                live.Clear();
                return (table, failure);
            }

            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    private static (bool IsDone, string? Failure) Look(JsonElement table, long version)
    {
        bool isPending = table.GetProperty("pending") is { ValueKind: JsonValueKind.Object } pending
            && pending.GetProperty("version").GetInt64() == version;
        JsonElement found = table.GetProperty("versions").EnumerateArray()
            .LastOrDefault(entry => entry.GetProperty("version").GetInt64() == version);
        string state = found.ValueKind == JsonValueKind.Object ? found.GetProperty("state").GetString()! : "Retired";
        if (state == "Failed")
        {
            return (true, $"version {version} failed: {found.GetProperty("reason").GetString()}");
        }

        if (isPending || state is "New" or "Loading" or "Warming")
        {
            return (false, null);
        }

        bool hasPlace = table.GetProperty("split").TryGetProperty($"{version}", out _)
            || table.GetProperty("shadow").TryGetProperty($"{version}", out _);
        string reason = table.GetProperty("last") is { ValueKind: JsonValueKind.Object } last
            ? last.GetProperty("reason").GetString()!
            : "";
        return (true, hasPlace ? null : $"version {version} is {state} and got nothing: {reason}");
    }
}
