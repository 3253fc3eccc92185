using System.Globalization;
using System.Text;
using Grpc.Net.Client;
using Serving.Engine.Bundles;
using Serving.Protocol.V1;
using Serving.Server.Hosting;

namespace Serving.EndToEnd.Tests.Windows;

/// <summary>A real server with a script that has windows, on a state folder that outlives it.</summary>
public sealed class WindowServer : IAsyncLifetime
{
    private const string Script = """
        features pay 1 zone "UTC";
        request txn { id: string; at: time; card: string; shop: string?; amount: decimal(2); country: string?;
                      fraud: bool?; } id id, time at, late 10m;
        event chargeback { cb: string; at: time; known_at: time; card: string; sum: decimal(2); }
          id cb, time at, known known_at, late 90d;
        window c = txn by card last 1h, 1d keep 16;
        window s = txn by shop last 1d;
        window cb = chargeback by card last 90d;
        feature card_n = count() over c;
        feature card_sum = sum(amount) over c;
        feature shop_n = count() over s;
        feature last_amount = last(amount) over c[1d];
        feature new_country = (count(where (country == now.country) ?? false) over c[1d]) == 0;
        feature cb_n = count() over cb;
        label bad = fraud ?? false;
        """;

    private const string Model = """
        { "format": "serving.linear", "version": 1, "link": "logit", "bias": [-1.5],
          "dense": { "card_n_1h": [0.1], "card_n_1d": [0.2], "card_sum_1h": [0.001], "card_sum_1d": [0.002],
                     "shop_n": [0.05], "last_amount": [0.003], "cb_n": [1.5] },
          "ids": { "new_country": { "size": 4, "weights": [[2, 0.5], [3, -0.25]] } } }
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("serving-windows-").FullName;

    public WindowServer()
    {
        string script = Path.Combine(_root, "pay.feat");
        string model = Path.Combine(_root, "linear.json");
        File.WriteAllText(script, Script);
        File.WriteAllText(model, Model);
        var request = new PackRequest { Name = "pay", ModelPath = model, ScriptPath = script };
        Directory.CreateDirectory(Models);
        BundleWriter.WriteToModels(BundleDraft.Create(request, TimeProvider.System), "pay", Models, 1);
    }

    public string Models => Path.Combine(_root, "models");

    public string Folder => Path.Combine(_root, "state");

    public string Records => Path.Combine(_root, "records.jsonl");

    public ServerHost Host { get; private set; } = null!;

    public GrpcChannel Channel { get; private set; } = null!;

    public ScoringService.ScoringServiceClient Client { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>A moment that live requests may have, the same for the whole test.</summary>
    public long Now { get; } = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 60_000;

    internal Func<ServerOptions, ServerOptions> Change { get; set; } = options => options;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_root, recursive: true);
    }

    public async Task StartAsync()
    {
        Host = await ServerHost.StartAsync(Change(Options()), TextWriter.Null);
        Channel = GrpcChannel.ForAddress(Host.GrpcAddress);
        Client = new ScoringService.ScoringServiceClient(Channel);
        Http = new HttpClient { BaseAddress = Host.HttpAddress };
    }

    public async Task StopAsync()
    {
        Channel.Dispose();
        Http.Dispose();
        await Host.DisposeAsync();
    }

    /// <summary>Scores one payment over gRPC.</summary>
    public async Task<ScoreResponse> ScoreAsync(
        string id, string card, long at, string amount = "10.00", bool scoreOnly = false) =>
        await Client.ScoreAsync(new ScoreRequest
        {
            Model = "pay",
            Row = Payment(id, card, at, amount),
            Options = new Options { Features = true, ScoreOnly = scoreOnly },
        });

    /// <summary>Posts JSON and returns status and body.</summary>
    public async Task<(int Status, string Body)> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await Http.PostAsync(new Uri(path, UriKind.Relative), content);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public static Row Payment(string id, string card, long at, string amount = "10.00") => new()
    {
        Fields =
        {
            ["id"] = new Value { StringValue = id },
            ["at"] = new Value { IntValue = at },
            ["card"] = new Value { StringValue = card },
            ["amount"] = new Value { StringValue = amount },
        },
    };

    public static Row Chargeback(string id, string card, long at, long known) => new()
    {
        Fields =
        {
            ["cb"] = new Value { StringValue = id },
            ["at"] = new Value { IntValue = at },
            ["known_at"] = new Value { IntValue = known },
            ["card"] = new Value { StringValue = card },
            ["sum"] = new Value { StringValue = "3.00" },
        },
    };

    /// <summary>An int feature of an answer; -1 where it is missing.</summary>
    public static long Count(ScoreResponse answer, string feature) =>
        answer.Features[feature].KindCase == Value.KindOneofCase.IntValue ? answer.Features[feature].IntValue : -1;

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private ServerOptions Options() => new()
    {
        Models = Models,
        HttpPort = 0,
        GrpcPort = 0,
        WarmUp = TimeSpan.Zero,
        DrainDelay = TimeSpan.Zero,
        DrainTimeout = TimeSpan.FromSeconds(5),
        LogLevel = "None",
        State = StateLocation.Parse(Folder)!,
        Records = Records,
    };
}
