using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Cli.Administration;
using Serving.Cli.CommandLine;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Gates;

namespace Serving.Cli.Demonstration;

/// <summary>
/// Publishes a better and then a broken version under traffic, by the server's own admin API, and shows what becomes of
/// them: nobody but the plan and the gates decides.
/// </summary>
internal sealed class DemoCanary(DemoVersions versions, string model, bool isJson, CommandConsole console)
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(250);

    // What a busy machine of two cores needs for a load and three steps, twice; a demo must end.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(150);

    private readonly JsonArray _results = [];
    private readonly LiveLines _live = new(console);
    private long _generation = -1;

    /// <summary>Short steps and gates that few requests fill, so that a person sees them at work.</summary>
    public static TrafficOptions Traffic { get; } = new()
    {
        Steps = [1_000, 5_000, 10_000],
        Hold = TimeSpan.FromSeconds(3),
        Gates = new GateOptions
        {
            Errors = new ErrorGate(0.005, 200, TimeSpan.FromSeconds(10)),
            Latency = new LatencyGate(TimeSpan.FromMilliseconds(50), 0.05, 200, TimeSpan.FromSeconds(10)),
            Drift = new DriftGate(0.25, 300, TimeSpan.FromSeconds(20)),
            Missing = new MissingGate(0.05, 200, TimeSpan.FromSeconds(10)),
        },
    };

    /// <summary>What became of the versions, as JSON.</summary>
    public JsonArray Results => _results;

    /// <summary>Whether the first was promoted and the second rolled back.</summary>
    public bool IsAsExpected { get; private set; }

    /// <summary>Publishes both, one after the other.</summary>
    public async Task RunAsync(Uri server, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_longest);
        using var client = new AdminClient(server, token: null);
        if (!isJson)
        {
            await console.Out.WriteLineAsync(
                "steps of the plan: 10 %, 50 %, 100 %, 3 s each, each gate with 200 to 300 samples of the canary");
        }

        try
        {
            string better = await PublishAsync(
                client, versions.Better(2), 2, "a better calibrated version", limit.Token);
            string broken = await PublishAsync(
                client, versions.Broken(3), 3, "a version with a base score of another scale", limit.Token);
            IsAsExpected = better == "promoted" && broken == "rolled_back";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await console.Error.WriteLineAsync($"the gates did not come to an end within {s_longest.TotalSeconds} s");
        }

        _live.Clear();
    }

    private async Task<string> PublishAsync(
        AdminClient client, string bundle, long version, string what, CancellationToken cancellation)
    {
        Say($"publishing version {version}: {what}");
        await new BundleUpload(client, console, TimeProvider.System).SendAsync(bundle, cancellation);
        var body = new JsonObject { ["version"] = version, ["as"] = RouteLabel.Canary };
        await client.ActAsync(HttpMethod.Post, model, ":publish", body, cancellation);
        using var timer = new PeriodicTimer(s_period);
        while (true)
        {
            JsonElement table = await client.TableAsync(model, cancellation);
            Show(table);
            if (Look(table, version) is { } result)
            {
                _results.Add((JsonNode)result);
                string word = result["result"]!.GetValue<string>();
                Say($"version {version} {word.Replace('_', ' ')}: {result["reason"]!.GetValue<string>()}");
                return word;
            }

            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    private static JsonObject? Look(JsonElement table, long version)
    {
        JsonElement last = table.GetProperty("last");
        JsonElement found = table.GetProperty("versions").EnumerateArray()
            .LastOrDefault(entry => entry.GetProperty("version").GetInt64() == version);
        if (table.GetProperty("labels").GetProperty(RouteLabel.Stable).ToString() == $"{version}")
        {
            return Result(version, "promoted", null, "every step held and no gate broke");
        }

        if (found.ValueKind == JsonValueKind.Object && found.GetProperty("state").GetString() == "Failed")
        {
            return Result(version, "failed", null, found.GetProperty("reason").GetString()!);
        }

        bool isBack = last.GetProperty("act").GetString() == "rollback"
            && last.GetProperty("from").ToString() == $"{version}";
        return isBack ? Result(version, "rolled_back", last.GetProperty("gate").GetString(), ReasonOf(last)) : null;
    }

    private static string ReasonOf(JsonElement last) => last.GetProperty("gate").GetString() is not { } gate
        ? last.GetProperty("reason").GetString()!
        : string.Create(
            CultureInfo.InvariantCulture,
            $"gate {gate}: {last.GetProperty("value").GetDouble():0.####} above "
            + $"{last.GetProperty("limit").GetDouble():0.####} with {last.GetProperty("samples")} samples in "
            + $"{last.GetProperty("window").GetString()}");

    private static JsonObject Result(long version, string result, string? gate, string reason) => new()
    {
        ["version"] = version,
        ["result"] = result,
        ["gate"] = gate,
        ["reason"] = reason,
    };

    private void Say(string text)
    {
        _live.Clear();
        if (!isJson)
        {
            console.Out.WriteLine(text);
        }
    }

    // In place on a terminal; elsewhere a line for each act.
    private void Show(JsonElement table)
    {
        if (isJson)
        {
            return;
        }

        _live.Draw(TableText.Lines(table));
        long generation = table.GetProperty("generation").GetInt64();
        if (!console.IsTerminal && generation != _generation)
        {
            _generation = generation;
            console.Error.WriteLine(
                $"  generation {generation}: {table.GetProperty("last").GetProperty("act").GetString()}, split "
                + table.GetProperty("split").GetRawText());
        }
    }
}
