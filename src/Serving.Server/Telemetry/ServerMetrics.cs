using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;

namespace Serving.Server.Telemetry;

/// <summary>
/// What the server measures, over System.Diagnostics.Metrics; <see cref="MetricsPage"/> shows it. Safe for use by
/// several threads.
/// </summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>Name of the meters.</summary>
    public const string MeterName = "Serving.Server";

    private readonly ConcurrentDictionary<(string Model, long Version), VersionMeters> _versions = new();
    private readonly ConcurrentDictionary<(string Model, long Version), BatchMeters> _batches = new();
    private readonly ConcurrentDictionary<(string Model, long Version), WorkerMeters> _workers = new();
    private readonly Meter _meter;
    private readonly ConcurrentBag<Meter> _reasons = [];
    private readonly VersionMeters _unknown;

    // Takes what the server's own warm-up calls measure; its owner is nobody's, so the page does not show it.
    private readonly VersionMeters _discarded = new(new object(), "", "");
    private readonly ConcurrentDictionary<string, Counter<long>> _rejected = new(StringComparer.Ordinal);
    private readonly EventMeters _events;
    private volatile bool _isWarming;

    /// <summary>Makes the instruments.</summary>
    public ServerMetrics()
    {
        _meter = new Meter(new MeterOptions(MeterName) { Scope = this });
        _unknown = new VersionMeters(this, "", "");
        _events = new EventMeters(this);
    }

    /// <summary>Whether the server is calling itself, so that nothing is counted.</summary>
    public bool IsWarming
    {
        get => _isWarming;
        set => _isWarming = value;
    }

    /// <summary>The instruments of a version that is served.</summary>
    public VersionMeters Of(string model, long version)
    {
        if (_isWarming)
        {
            return _discarded;
        }

        return _versions.TryGetValue((model, version), out VersionMeters? meters)
            ? meters
            : _versions.GetOrAdd((model, version), key => Create(key.Model, key.Version));
    }

    /// <summary>
    /// The instruments for requests that were refused before a version was found. Never labelled by what they said.
    /// </summary>
    public VersionMeters Unknown => _isWarming ? _discarded : _unknown;

    /// <summary>What the batches of a version do.</summary>
    public BatchMeters BatchesOf(string model, long version) =>
        _batches.TryGetValue((model, version), out BatchMeters? meters)
            ? meters
            : _batches.GetOrAdd((model, version), key => new BatchMeters(this, key.Model, key.Version));

    /// <summary>What became of the worker processes of a version.</summary>
    public WorkerMeters WorkersOf(string model, long version) =>
        _workers.GetOrAdd((model, version), key => new WorkerMeters(this, key.Model, key.Version));

    /// <summary>Counts what became of a scored request's rows as events.</summary>
    public void CountEvents(ScoringContext context)
    {
        if (!_isWarming)
        {
            _events.Count(context);
        }
    }

    /// <summary>The same of an ingest call's rows.</summary>
    public void CountEvents(IngestContext context) => _events.Count(context);

    /// <summary>Counts a request that was refused before it was read.</summary>
    /// <param name="reason">One of a few fixed words.</param>
    public void Reject(string reason)
    {
        if (!_isWarming)
        {
            _rejected.GetOrAdd(reason, CreateRejected).Add(1);
        }
    }

    /// <summary>Forgets the instruments of versions that are gone, so that a long run does not collect them.</summary>
    /// <param name="isServed">Whether a version answers requests.</param>
    /// <param name="isOpen">Whether its model may be open, which it is before it answers.</param>
    public void Keep(Func<string, long, bool> isServed, Func<string, long, bool> isOpen)
    {
        Keep(_versions, isServed);
        Keep(_batches, isOpen);
        Keep(_workers, isOpen);
    }

    /// <summary>Adds a gauge that is read when the page is asked for.</summary>
    public void AddGauge(string name, string description, Func<long> read) =>
        _meter.CreateObservableGauge(name, read, description: description);

    /// <inheritdoc/>
    public void Dispose()
    {
        Keep(static (_, _) => false, static (_, _) => false);
        _unknown.Dispose();
        _discarded.Dispose();
        _events.Dispose();
        _meter.Dispose();
        foreach (Meter meter in _reasons)
        {
            meter.Dispose();
        }
    }

    private static void Keep<T>(
        ConcurrentDictionary<(string Model, long Version), T> all, Func<string, long, bool> isKept)
        where T : IDisposable
    {
        foreach ((string Model, long Version) key in all.Keys)
        {
            if (!isKept(key.Model, key.Version) && all.TryRemove(key, out T? meters))
            {
                meters.Dispose();
            }
        }
    }

    private Meter NewMeter()
    {
        var meter = new Meter(new MeterOptions(MeterName) { Scope = this });
        _reasons.Add(meter);
        return meter;
    }

    private VersionMeters Create(string model, long version) =>
        new(this, model, version.ToString(CultureInfo.InvariantCulture));

    // A meter of its own, as VersionMeters says.
    private Counter<long> CreateRejected(string reason) => NewMeter().CreateCounter<long>(
        "serving_rejected_total",
        unit: null,
        description: "Requests refused before they were read, by reason.",
        tags: [new KeyValuePair<string, object?>("reason", reason)]);
}
