using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Grpc.Net.Client;
using Serving.Cli.Tests.Running;
using Serving.Engine;
using Serving.Engine.Bundles;
using Serving.Protocol.V1;
using Serving.Server.Hosting;

namespace Serving.EndToEnd.Tests.Decisions;

/// <summary>
/// A real server with a model of windows, decisions, and as told a fallback bundle (f), rules without a score (r) and a
/// policy (p), over scorers that fail on demand; it keeps records.
/// </summary>
internal sealed class DecisionServer : IAsyncDisposable
{
    private const string Script = """
        features pay 1 zone "UTC";
        request txn { id: string; at: time; card: string; amount: decimal(2); country: string?; lat: float?;
                      lon: float?; } id id, time at, late 10m;
        window c = txn by card last 1d;
        let foreign = country != "DE";
        feature card_n = count() over c;
        feature amount_v = amount;
        feature lat_v = lat;
        feature lon_v = lon;
        """;

    private const string RequestScript = """
        features plain 1;
        request txn { id: string; at: time; amount: decimal(2); } id id, time at;
        feature amount_v = amount;
        """;

    private const string Model = """
        { "format": "serving.linear", "version": 1, "link": "logit", "bias": [-2],
          "dense": { "card_n": [0], "amount_v": [0.02], "lat_v": [0], "lon_v": [0] } }
        """;

    private const string RequestModel = """
        { "format": "serving.linear", "version": 1, "link": "logit", "bias": [-1], "dense": { "amount_v": [0.02] } }
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("serving-decisions-").FullName;

    private DecisionServer(string has)
    {
        string rule = has.Contains('r', StringComparison.Ordinal)
            ? ", { \"when\": \"amount > 5000.00 and foreign\", \"decision\": \"decline\", \"reason\": \"R12\" }"
            : "";
        string policy = has.Contains('p', StringComparison.Ordinal)
            ? ", \"policy\": { \"decision\": \"review\", \"score\": 0.5, \"reason\": \"R00\" }"
            : "";
        File.WriteAllText(
            Path.Combine(_root, "decision.json"),
            "{ \"format\": \"serving.decision\", \"version\": 1, \"rules\": [{ \"when\": \"score > 0.999\", "
            + $"\"decision\": \"decline\", \"reason\": \"R99\" }}{rule}], "
            + "\"thresholds\": [{ \"from\": 0.6, \"decision\": \"review\", \"reason\": \"R60\" }, "
            + "{ \"from\": 0.9, \"decision\": \"decline\", \"reason\": \"R90\" }], \"otherwise\": \"approve\", "
            + $"\"languages\": [\"en\", \"cs\"], \"fallback\": {{ \"max_missing\": 0.4{policy} }}, "
            + "\"reasons\": { \"R60\": { \"en\": \"High risk\", \"cs\": \"Vysoké riziko\" }, "
            + "\"R00\": { \"en\": \"To be looked at\", \"cs\": \"K posouzení\" } } }");
        PackRequest request = Pack("pay", Script, Model) with { DecisionPath = Path.Combine(_root, "decision.json") };
        if (has.Contains('f', StringComparison.Ordinal))
        {
            string fallback = Path.Combine(_root, "plain.bundle");
            BundleWriter.WriteTo(
                BundleDraft.Create(Pack("plain", RequestScript, RequestModel), TimeProvider.System), fallback);
            request = request with { FallbackPath = fallback };
        }

        Directory.CreateDirectory(Models);
        BundleWriter.WriteToModels(BundleDraft.Create(request, TimeProvider.System), "pay", Models, 1);
    }

    public FaultyModels Scorers { get; } = new();

    public ServerHost Host { get; private set; } = null!;

    public GrpcChannel Channel { get; private set; } = null!;

    public ScoringService.ScoringServiceClient Client { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>A moment that live requests may have.</summary>
    public static long NowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 60_000;

    private string Models => Path.Combine(_root, "models");

    private string Records => Path.Combine(_root, "records.jsonl");

    public static async Task<DecisionServer> StartAsync(
        string has, Func<ServerOptions, ServerOptions>? change = null)
    {
        var server = new DecisionServer(has);
        var options = new ServerOptions
        {
            Models = server.Models,
            HttpPort = 0,
            GrpcPort = 0,
            WarmUp = TimeSpan.Zero,
            DrainDelay = TimeSpan.Zero,
            DrainTimeout = TimeSpan.FromSeconds(5),
            LogLevel = "None",
            Records = server.Records,
        };
        server.Host = await ServerHost.StartAsync(
            (change ?? (same => same))(options),
            TextWriter.Null,
            HostExtension.None with { Engine = (made, time) => new InferenceEngine(made, time, server.Scorers) });
        server.Channel = GrpcChannel.ForAddress(server.Host.GrpcAddress);
        server.Client = new ScoringService.ScoringServiceClient(server.Channel);
        server.Http = new HttpClient { BaseAddress = server.Host.HttpAddress };
        return server;
    }

    public static Row Payment(string id, string amount, bool isForeign = true, bool isPlaced = true)
    {
        var row = new Row
        {
            Fields =
            {
                ["id"] = new Value { StringValue = id },
                ["at"] = new Value { IntValue = NowMs },
                ["card"] = new Value { StringValue = $"card-{id}" },
                ["amount"] = new Value { StringValue = amount },
                ["country"] = new Value { StringValue = isForeign ? "FR" : "DE" },
            },
        };
        if (isPlaced)
        {
            row.Fields["lat"] = new Value { FloatValue = 50 };
            row.Fields["lon"] = new Value { FloatValue = 14 };
        }

        return row;
    }

    /// <summary>The same over REST.</summary>
    public async Task<JsonObject> PostAsync(string id, string amount, bool isPlaced, string query = "")
    {
        string place = isPlaced ? ", \"lat\": 50, \"lon\": 14" : "";
        using var content = new StringContent(
            $"{{ \"id\": \"{id}\", \"at\": {NowMs}, \"card\": \"card-{id}\", \"amount\": \"{amount}\", "
            + $"\"country\": \"FR\"{place} }}", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await Http.PostAsync(
            new Uri($"/v1/score/pay{query}", UriKind.Relative), content);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!.AsObject();
    }

    /// <summary>The records of answers so far.</summary>
    public JsonObject[] ReadRecords()
    {
        using var reader = new StreamReader(
            new FileStream(Records, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonNode.Parse(line)!.AsObject()).Where(record => record.ContainsKey("request")),
        ];
    }

    /// <summary>One number of the metrics page, by its name and labels; 0 where it is not there.</summary>
    public async Task<double> MetricAsync(string name, string label, string value)
    {
        string page = await Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        string? line = page.Split('\n').SingleOrDefault(text =>
            text.StartsWith($"{name}{{", StringComparison.Ordinal)
            && text.Contains($"{label}=\"{value}\"", StringComparison.Ordinal)
            && text.Contains("model=\"pay\"", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
    }

    /// <summary>Runs <c>replay --json</c> over the records; every answer must be given again.</summary>
    public async Task<int> ReplayAsync()
    {
        CommandRun run = await CommandRun.OfAsync(["replay", Records, "--bundles", Models, "--json"]);
        Assert.True(run.ExitCode == 0, run.Out + run.Error);
        return run.Json.GetProperty("equal").GetInt32();
    }

    public async ValueTask DisposeAsync()
    {
        Scorers.Dispose();
        Channel.Dispose();
        Http.Dispose();
        await Host.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private PackRequest Pack(string name, string script, string model)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "script.feat"), script);
        File.WriteAllText(Path.Combine(folder, "linear.json"), model);
        return new PackRequest
        {
            Name = name,
            ModelPath = Path.Combine(folder, "linear.json"),
            ScriptPath = Path.Combine(folder, "script.feat"),
        };
    }
}
