using Microsoft.Extensions.Time.Testing;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Pipeline;
using Serving.Engine.Routing;
using Serving.Engine.Tests.Fakes;
using Xunit;

namespace Serving.Engine.Tests.Routing;

/// <summary>
/// A model with a canary under seeded traffic in simulated time: the real engine, router, counters, gates and plan.
/// </summary>
internal sealed class CanaryWorld : IDisposable
{
    private const int RequestsPerSecond = 700;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly BundleFolder _folder = new();
    private readonly InferenceEngine _engine;
    private readonly Random _random;
    private int _card;

    public CanaryWorld(
        int seed, string stable, string canary, TrafficOptions? traffic = null, Action<BundleDraft>? change = null)
    {
        _random = new Random(seed);
        Directory.CreateDirectory(_folder.Models);
        _folder.Publish("m", 1, stable);
        _engine = new InferenceEngine(
            new EngineOptions { ModelsFolder = _folder.Models, LoadInline = true, Traffic = traffic ?? new() },
            _time,
            new FakeModelReader());
        _engine.Poll();

        // The first act: from here on the table decides, and version 2 gets nothing when it is found.
        Assert.Equal(ErrorCode.None, Control.SetTraffic("m", new(null, null, "amount"), Origin).Code);
        _folder.Publish("m", 2, canary, change);
        _engine.Poll();
        Assert.Equal(1, State.Stable);
        ActResult result = Control.Publish("m", new PublishRequest(2, PublicationKind.Canary), Origin);
        Assert.True(result.Code == ErrorCode.None, result.Message);
    }

    public static ActOrigin Origin { get; } = new("tester", "r1");

    public TrafficControl Control => _engine.Traffic;

    public TrafficState State => Control.Of("m")!.State;

    public TimeSpan Passed { get; private set; }

    /// <summary>What requests to a version come to; by default none fails and one in a hundred is slow.</summary>
    public Func<long, Random, (ErrorCode Code, uint Microseconds)> EndOf { get; init; } =
        (_, random) => (ErrorCode.None, (uint)random.Next(200, random.Next(100) == 0 ? 20_000 : 4000));

    /// <summary>Whether a request to a version lacks a value.</summary>
    public Func<long, bool> Lacks { get; init; } = _ => false;

    /// <summary>Runs until a state holds, at most so long.</summary>
    public void Run(Func<TrafficState, bool> until, TimeSpan longest)
    {
        for (Passed = TimeSpan.Zero; Passed < longest; Passed += TimeSpan.FromSeconds(1))
        {
            for (int request = 0; request < RequestsPerSecond; request++)
            {
                Send();
            }

            _time.Advance(TimeSpan.FromSeconds(1));
            _engine.Poll();
            if (until(State))
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    private void Send()
    {
        Assert.Equal(ErrorCode.None, _engine.Rent("m"u8, 0, out ScoringContext? context));
        double amount = _random.NextDouble() * 4;
        double age = _random.NextDouble() + (_card++ * 1e-9);
        Fill(context!, amount, age);
        if (InferenceEngine.Reroute(context!) is { } other)
        {
            context!.Dispose();
            context = other;
            Fill(context, amount, age);
        }

        (ErrorCode code, uint microseconds) = EndOf(context!.Version, _random);
        Assert.Equal(ErrorCode.None, _engine.Score(context));
        context.Conclude(code, microseconds);
        context.Dispose();
    }

    private void Fill(ScoringContext context, double amount, double age)
    {
        int row = context.Rows.AddRow();
        context.Rows.SetFloat(row, context.Schema.PlaceOf("amount"u8), amount);
        if (context.Schema.PlaceOf("age"u8) is >= 0 and int place && !Lacks(context.Version))
        {
            context.Rows.SetFloat(row, place, age);
        }
    }
}
