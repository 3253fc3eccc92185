using System.Text;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Bundles;
using Serving.Engine.Pipeline;
using Serving.Engine.Predictions;
using Serving.Engine.Predictions.Replays;
using Serving.Engine.Tests.Fakes;
using Serving.Engine.Versions;
using Serving.Features;
using Serving.State;
using Serving.State.Embedded;
using Serving.State.Windows;
using Xunit;

namespace Serving.Engine.Tests.Ingest;

/// <summary>An engine with several versions of one feature set on one store.</summary>
internal sealed class SetEngine : IDisposable
{
    /// <summary>Windows by card.</summary>
    public const string ByCard = """
        features pay 1;
        request txn { id: string; at: time; card: string; amount: decimal(2); fraud: bool; } id id, time at, late 10m;
        window c = txn by card last 1h;
        feature n = count() over c;
        label bad = fraud;
        """;

    /// <summary>The same log of cards, and one by a field that the first does not know.</summary>
    public const string ByAddress = """
        features pay 2;
        request txn { id: string; at: time; card: string; amount: decimal(2); ip: string; fraud: bool; }
          id id, time at, late 10m;
        window c = txn by card last 1h;
        window i = txn by ip last 1h where amount >= 5.00;
        feature n = count() over c;
        feature ip_n = count() over i;
        label bad = fraud;
        """;

    /// <summary>No windows.</summary>
    public const string Plain = """
        features pay 3;
        request txn { id: string; at: time; amount: decimal(2); } id id, time at;
        feature n = amount;
        """;

    private readonly BundleFolder _folder = new();
    private readonly RecordFile? _records;

    private SetEngine(bool isRecorded, string[] scripts)
    {
        Directory.CreateDirectory(_folder.Models);
        for (int index = 0; index < scripts.Length; index++)
        {
            Pack(scripts[index], index + 1);
        }

        Store = EmbeddedWindowStore.OpenMemory(new EmbeddedOptions { Time = TimeProvider.System, Shards = 4 });
        foreach (string script in scripts)
        {
            NoteWhole(script);
        }

        _records = isRecorded ? new RecordFile(_folder["records.jsonl"], TimeProvider.System) : null;
        Engine = new InferenceEngine(
            new EngineOptions
            {
                ModelsFolder = _folder.Models, LoadInline = true, Store = Store, Recorder = _records,
            },
            TimeProvider.System);
        Engine.Poll();
        Assert.All(Engine.Versions, status => Assert.Equal((VersionState.Ready, ""), (status.State, status.Reason)));
    }

    public InferenceEngine Engine { get; }

    public EmbeddedWindowStore Store { get; }

    /// <summary>A moment that live requests may have, the same for the whole test.</summary>
    public long Now { get; } = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 60_000;

    /// <summary>Serves scripts as versions 1, 2, ... of one model.</summary>
    public static SetEngine Of(params string[] scripts) => new(isRecorded: false, scripts);

    /// <summary>The same with records of answers.</summary>
    public static SetEngine Recorded(params string[] scripts) => new(isRecorded: true, scripts);

    public void Dispose()
    {
        Engine.Dispose();
        _records?.Dispose();
        Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
    }

    /// <summary>
    /// Scores one payment; fields are filled by name, as a client does, what nobody knows is left out.
    /// </summary>
    public ScoringContext Score(long version, string id, long at, string amount, bool scoreOnly = false)
    {
        ScoringContext context = Rent(version);
        context.ScoreOnly = scoreOnly;
        context.WantsFeatures = true;
        Fill(context, id, at, amount);
        Assert.Equal((ErrorCode.None, ""), (Engine.Score(context), context.ErrorMessage));
        return context;
    }

    /// <summary>Gives a context the row of one payment.</summary>
    public static void Fill(ScoringContext context, string id, long at, string amount)
    {
        RowBatch rows = context.Rows;
        rows.AddRow();
        SetText(context, "id"u8, id);
        SetText(context, "card"u8, "c1");
        SetText(context, "ip"u8, "10.0.0.1");
        rows.Set(0, context.Schema.PlaceOf("at"u8), at);
        rows.Set(0, context.Schema.PlaceOf("amount"u8), decimal.ToInt64(decimal.Parse(
            amount, System.Globalization.CultureInfo.InvariantCulture) * 100));
    }

    /// <summary>A count that a version reads without learning.</summary>
    public long Count(long version, string feature, long at)
    {
        using ScoringContext context = Score(version, "reader", at, "1.00", scoreOnly: true);
        return context.Features!.Get(0, context.Features.Schema.IndexOf(feature));
    }

    /// <summary>Replays all records with all bundles.</summary>
    public ReplayReport Replay()
    {
        _records!.Dispose();
        Bundle[] bundles =
        [
            .. Engine.Versions.Select(status => Bundle.Open(
                Path.Combine(_folder.Models, status.Model, status.Version.ToString(
                    System.Globalization.CultureInfo.InvariantCulture)))),
        ];
        return new RecordReplay([_folder["records.jsonl"]], bundles).Run(null, CancellationToken.None);
    }

    public ScoringContext Rent(long version)
    {
        Assert.Equal(ErrorCode.None, Engine.Rent("pay", version, out ScoringContext? context));
        return context!;
    }

    private static void SetText(ScoringContext context, ReadOnlySpan<byte> name, string text)
    {
        int place = context.Schema.PlaceOf(name);
        if (place >= 0)
        {
            context.Rows.SetText(0, place, Encoding.UTF8.GetBytes(text));
        }
    }

    // As if all had been kept for ever: none waits for its history.
    private void NoteWhole(string script)
    {
        FeatureScript compiled = FeatureScript.Compile(Encoding.UTF8.GetBytes(script), "pay.feat", out _)!;
        foreach (KeyedLog log in compiled.Windows.Logs)
        {
            Store.NoteHistoryAsync(new LogCodec(log).History, new LogHistory(0, IsFilled: true), default)
                .AsTask().GetAwaiter().GetResult();
        }
    }

    private void Pack(string script, long version)
    {
        string scriptPath = _folder["pay.feat"];
        string model = _folder["linear.json"];
        File.WriteAllText(scriptPath, script);
        string columns = script.Contains("ip_n", StringComparison.Ordinal)
            ? """ "n": [0.1], "ip_n": [0.2] """
            : """ "n": [0.1] """;
        File.WriteAllText(model, $$"""
            { "format": "serving.linear", "version": 1, "link": "logit", "bias": [-1.5], "dense": { {{columns}} } }
            """);
        var request = new PackRequest { Name = "pay", ModelPath = model, ScriptPath = scriptPath };
        BundleWriter.WriteToModels(BundleDraft.Create(request, TimeProvider.System), "pay", _folder.Models, version);
    }
}
