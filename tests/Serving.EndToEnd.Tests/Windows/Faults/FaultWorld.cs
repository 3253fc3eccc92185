using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Cli.StateTools;
using Serving.Cli.Tests.Running;
using Serving.Engine.Bundles;
using Serving.Features;
using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>A models folder with one script of windows, and a folder for what servers over it write.</summary>
internal sealed class FaultWorld : IDisposable
{
    private const string ScriptText = """
        features pay 1 zone "UTC";
        request txn { id: int; at: time; card: string; amount: decimal(2); } id id, time at, late 10m;
        event chargeback { cb: int; at: time; known_at: time; card: string; money: decimal(2); }
          id cb, time at, known known_at, late 90d;
        window c = txn by card last 1d;
        window b = chargeback by card last 90d;
        feature card_n = count() over c;
        feature card_sum = sum(amount) over c;
        feature card_max = max(amount) over c;
        feature card_last = last(amount) over c;
        feature cb_n = count() over b;
        feature cb_sum = sum(money) over b;
        """;

    private const string Model = """
        { "format": "serving.linear", "version": 1, "link": "logit", "bias": [BIAS],
          "dense": { "card_n": [0.1], "card_sum": [0.001], "card_max": [0.002], "card_last": [0.003],
                     "cb_n": [1.5], "cb_sum": [0.25] }, "ids": {} }
        """;

    public FaultWorld()
    {
        File.WriteAllText(ScriptPath, ScriptText);
        Directory.CreateDirectory(Models);
        Publish(1, "-1.5");
        Script = Bundle.Open(Path.Combine(Models, "pay", "1")).Script!;
    }

    /// <summary>Packs a version whose scores are others by its bias.</summary>
    public void Publish(long version, string bias) =>
        Publish(version, ScriptPath, Model.Replace("BIAS", bias, StringComparison.Ordinal));

    /// <summary>Packs a version that keeps another log: of payments by their own id.</summary>
    public void PublishOtherLog(long version)
    {
        File.WriteAllText(this["other.feat"], """
            features pay 2 zone "UTC";
            request txn { id: int; at: time; card: string; amount: decimal(2); } id id, time at, late 10m;
            window own = txn by id last 7d;
            feature own_n = count() over own;
            """);
        Publish(version, this["other.feat"], """
            { "format": "serving.linear", "version": 1, "link": "logit", "bias": [-1], "dense": { "own_n": [0.1] } }
            """);
    }

    private void Publish(long version, string script, string model)
    {
        File.WriteAllText(this["linear.json"], model);
        var request = new PackRequest { Name = "pay", ModelPath = this["linear.json"], ScriptPath = script };
        BundleWriter.WriteToModels(BundleDraft.Create(request, TimeProvider.System), "pay", Models, version);
    }

    /// <summary>The number of events that a dump's windows count.</summary>
    public static int CountOf(JsonObject dump) => ValueOf(dump, "count()")!.GetValue<int>();

    /// <summary>The sum of a dump's windows.</summary>
    public static long SumOf(JsonObject dump) => Cents(ValueOf(dump, "sum("));

    /// <summary>A window value of a dump by how its call begins; null where it is missing.</summary>
    public static JsonNode? ValueOf(JsonObject dump, string call) => dump["values"]!.AsObject()
        .Single(value => value.Key.StartsWith(call, StringComparison.Ordinal)).Value;

    public string Root { get; } = Directory.CreateTempSubdirectory("serving-faults-").FullName;

    public string Models => this["models"];

    public string ScriptPath => this["pay.feat"];

    public FeatureScript Script { get; }

    /// <summary>The path of a file or folder in it, there or not.</summary>
    public string this[string name] => Path.Combine(Root, name);

    public static string Card(int number) => string.Create(CultureInfo.InvariantCulture, $"card{number}");

    public static long NowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    /// <summary>The row of an event, the same each time that it is sent.</summary>
    public static Row RowOf(JournalEvent sent)
    {
        var row = new Row
        {
            Fields =
            {
                [sent.IsIngest ? "cb" : "id"] = new Value { IntValue = sent.Id },
                ["at"] = new Value { IntValue = sent.At },
                ["card"] = new Value { StringValue = sent.Card },
                [sent.IsIngest ? "money" : "amount"] = new Value { StringValue = MoneyText(sent.Cents) },
            },
        };
        if (sent.IsIngest)
        {
            row.Fields["known_at"] = new Value { IntValue = sent.At };
        }

        return row;
    }

    public static string MoneyText(long cents) =>
        string.Create(CultureInfo.InvariantCulture, $"{cents / 100}.{cents % 100:00}");

    public static long Cents(JsonNode? money) =>
        money is null ? 0 : (long)(decimal.Parse(TextOf(money), CultureInfo.InvariantCulture) * 100);

    /// <summary>The key of a card's blob in one of the two logs.</summary>
    public EntityKey KeyOf(string log, string card) => EntityKey.Parse(Script, log, [$"card={card}"]);

    /// <summary>What <c>state dump</c> shows of a blob at a moment.</summary>
    public JsonObject Dump(EntityKey key, byte[] blob, long at) => new EntityDump(Script, key, at).Write(blob);

    /// <summary>Runs <c>state dump --json</c>.</summary>
    public async Task<JsonObject> DumpAsync(string state, string log, string card, long at)
    {
        CommandRun run = await CommandRun.DoneAsync(
            "state", "dump", "--state", state, "--script", ScriptPath, "--event", log, "--key", $"card={card}", "--at",
            TimeText(at), "--json");
        return JsonNode.Parse(run.Out)!.AsObject();
    }

    /// <summary>
    /// Runs <c>replay --json</c>: no answer may differ from what it read, whatever was lost beside; what it counted.
    /// </summary>
    public async Task<string> ReplayWithoutDifferenceAsync(params string[] records)
    {
        CommandRun run = await CommandRun.OfAsync(["replay", .. records, "--bundles", Models, "--json"]);
        Assert.True(run.ExitCode is 0 or 1, run.Error);
        JsonElement report = run.Json;
        var counts = report.EnumerateObject().Where(member => member.Name != "differences");
        string text = string.Join(", ", counts.Select(member => $"{member.Name} {member.Value}"));
        JsonElement[] different = [.. report.GetProperty("differences").EnumerateArray()
            .Where(one => one.GetProperty("class").GetString() is "different" or "unexplained")];
        Assert.True(different.Length == 0, $"{text}\n{string.Join('\n', different.Take(10))}");
        Assert.True(run.ExitCode == 0, text);
        Assert.Equal(0, report.GetProperty("different").GetInt64());
        Assert.Equal(0, report.GetProperty("history").GetProperty("unexplained").GetInt64());
        Assert.True(report.GetProperty("equal").GetInt64() > 0, text);
        return text.ReplaceLineEndings("").Replace("  ", "", StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static string TimeText(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string TextOf(JsonNode value) => value.GetValueKind() == JsonValueKind.String
        ? value.GetValue<string>()
        : value.ToJsonString();
}
