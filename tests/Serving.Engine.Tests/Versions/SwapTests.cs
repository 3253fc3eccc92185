using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Pipeline;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Gates;
using Serving.Engine.Tests.Fakes;
using Serving.Engine.Versions;
using Serving.State.Embedded;
using Xunit;

namespace Serving.Engine.Tests.Versions;

/// <summary>
/// Versions of three kinds, with other features and weights over the same windows, take each other's place while
/// requests come: none fails, none mixes two versions, and what is retired is collected.
/// </summary>
public sealed class SwapTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private static readonly ActOrigin s_origin = new("tester", "");

    private readonly BundleFolder _folder = new();
    private readonly EmbeddedWindowStore _store =
        EmbeddedWindowStore.OpenMemory(new EmbeddedOptions { Time = TimeProvider.System, Shards = 4 });

    private readonly ConcurrentQueue<string> _wrong = [];
    private readonly ConcurrentDictionary<long, int> _answers = [];
    private readonly List<WeakReference> _versions = [];
    private volatile bool _isOver;
    private long _requests;

    public SwapTests() => Directory.CreateDirectory(_folder.Models);

    [Theory]
    [InlineData(20)]
    public Task Publish_UnderLoad_NoRequestFailsOrMixes(int swaps) => SwapAsync(swaps);

    [Theory]
    [InlineData(1000)]
    [Trait("Category", "Nightly")]
    public Task Publish_ManyUnderLoad_NoRequestFailsOrMixes(int swaps) => SwapAsync(swaps);

    public void Dispose()
    {
        _store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
    }

    private async Task SwapAsync(int swaps)
    {
        Pack(1);
        using var engine = new InferenceEngine(
            new EngineOptions
            {
                ModelsFolder = _folder.Models, Store = _store, PollInterval = TimeSpan.FromMilliseconds(50),
            },
            TimeProvider.System);
        engine.Start();
        await engine.Settled.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Act(engine.Traffic.SetTraffic("pay", new(null, null, "card"), s_origin));
        Task[] load = [.. Enumerable.Range(0, 2).Select(worker => Task.Run(() => Load(engine, worker)))];
        for (long version = 2; version <= swaps + 1; version++)
        {
            Swap(engine, version);
        }

        _isOver = true;
        await Task.WhenAll(load);
        Assert.Empty(_wrong);
        Assert.Equal(swaps + 1, _answers.Keys.Max());
        AssertCollected(engine, swaps);
    }

    private void Swap(InferenceEngine engine, long version)
    {
        Pack(version);
        Await(engine, traffic => traffic.Versions.Any(other => other.Status.Version == version), $"{version} is seen");
        Act(engine.Traffic.Publish(
            "pay", new PublishRequest(version, PublicationKind.Stable, Gates: NoGates), s_origin));
        Await(engine, traffic => traffic.State.Stable == version, $"{version} is stable");
        Await(
            engine,
            traffic => !traffic.Versions.Any(other => other.Status.Version < version - 1
                && other.Status.State is VersionState.Ready or VersionState.Draining),
            $"what came before {version - 1} is retired");
        Note(engine, version);
        AwaitAnswer(version);
        string old = Path.Combine(_folder.Models, "pay", $"{version - 2}");
        if (Directory.Exists(old))
        {
            Directory.Delete(old, recursive: true);
        }
    }

    // The kinds' scores differ by far: a guard would take each of them back.
    private static GateOptions NoGates(GateOptions gates) =>
        gates with { Errors = null, Latency = null, Drift = null, Missing = null };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Note(InferenceEngine engine, long version)
    {
        Assert.Equal(ErrorCode.None, engine.Rent("pay", version, out ScoringContext? context));
        using (context)
        {
            _versions.Add(new WeakReference(context!.Served));
        }
    }

    // All but the stable version and the one before it.
    private void AssertCollected(InferenceEngine engine, int swaps)
    {
        long start = Stopwatch.GetTimestamp();
        while (_versions.Take(swaps - 2).Count(version => version.IsAlive) is > 0 and int alive)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, $"{alive} of {swaps} versions are still held");
            engine.Poll();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private void Load(InferenceEngine engine, int worker)
    {
        var random = new Random(worker);
        while (!_isOver)
        {
            string id = $"{worker}-{Interlocked.Increment(ref _requests)}";
            Send(engine, id, $"card{random.Next(50)}", random.Next(1, 500));
            if (Interlocked.Read(ref _requests) % 50 == 0)
            {
                // Two threads that never rest would leave nothing to the loading one.
                Thread.Sleep(1);
            }
        }
    }

    private void Send(InferenceEngine engine, string id, string card, long amount)
    {
        if (engine.Rent("pay", 0, out ScoringContext? context) != ErrorCode.None)
        {
            _wrong.Enqueue($"{id}: not rented");
            return;
        }

        Fill(context!, id, card, amount);
        if (InferenceEngine.Reroute(context!) is { } other)
        {
            context!.Dispose();
            context = other;
            Fill(context, id, card, amount);
        }

        using (context)
        {
            context!.WantsFeatures = true;
            ErrorCode code = engine.Score(context);
            context.Conclude(code, 100);
            Check(context, code, id);
        }
    }

    // The features' names and the weights are those of the version that the answer names.
    private void Check(ScoringContext context, ErrorCode code, string id)
    {
        long kind = context.Version % 3;
        if (code != ErrorCode.None || context.IsDegraded)
        {
            _wrong.Enqueue($"{id}: {code} {context.ErrorMessage}");
            return;
        }

        RowBatch features = context.Features!;
        int place = features.Schema.IndexOf($"n{kind}");
        double expected = place < 0 ? double.NaN : -kind + (0.125 * (kind + 1) * features.Get(0, place));
        if (context.RawScores[0] != expected)
        {
            _wrong.Enqueue($"{id}: version {context.Version} gave {context.RawScores[0]}, expected {expected}");
        }

        _answers.AddOrUpdate(context.Version, 1, (_, count) => count + 1);
    }

    private static void Fill(ScoringContext context, string id, string card, long amount)
    {
        RowBatch rows = context.Rows;
        int row = rows.AddRow();
        rows.SetText(row, context.Schema.PlaceOf("id"u8), Encoding.UTF8.GetBytes(id));
        rows.SetText(row, context.Schema.PlaceOf("card"u8), Encoding.UTF8.GetBytes(card));
        rows.Set(row, context.Schema.PlaceOf("at"u8), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        rows.Set(row, context.Schema.PlaceOf("amount"u8), amount);
    }

    private static void Act(ActResult result) => Assert.True(result.Code == ErrorCode.None, result.Message);

    private static void Await(InferenceEngine engine, Func<ModelTraffic, bool> holds, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!holds(engine.Traffic.Of("pay")!))
        {
            Assert.True(
                Stopwatch.GetElapsedTime(start) < s_patience,
                $"{what}: {string.Join("; ", engine.Versions.Select(version => version.ToString()))}");
            Thread.Sleep(2);
        }
    }

    private void AwaitAnswer(long version)
    {
        long start = Stopwatch.GetTimestamp();
        while (!_answers.ContainsKey(version))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, $"version {version} answers nobody");
            Thread.Sleep(1);
        }
    }

    private void Pack(long version)
    {
        long kind = version % 3;
        string script = _folder["pay.feat"];
        string model = _folder["linear.json"];
        File.WriteAllText(script, $$"""
            features pay 1;
            request txn { id: string; at: time; card: string; amount: int; } id id, time at, late 10m;
            window c = txn by card last 1h;
            feature n{{kind}} = count() over c;
            """);
        string weight = (0.125 * (kind + 1)).ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(model, $$"""
            { "format": "serving.linear", "version": 1, "link": "logit", "bias": [{{-kind}}],
              "dense": { "n{{kind}}": [{{weight}}] } }
            """);
        var request = new PackRequest { Name = "pay", ModelPath = model, ScriptPath = script };
        BundleWriter.WriteToModels(BundleDraft.Create(request, TimeProvider.System), "pay", _folder.Models, version);
    }
}
