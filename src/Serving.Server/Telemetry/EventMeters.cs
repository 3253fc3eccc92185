using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;

namespace Serving.Server.Telemetry;

/// <summary>
/// Counts what became of events, requests' own and ingested ones, by set and event: repeated, in conflict, late. Sets
/// and events are those of Ready versions, so that no caller makes labels. Safe for use by several threads.
/// </summary>
internal sealed class EventMeters(object owner) : IDisposable
{
    private const string Repeated = "serving_repeated_total";
    private const string Conflicting = "serving_id_conflict_total";
    private const string Late = "serving_late_total";

    private static readonly Dictionary<string, string> s_descriptions = new(StringComparer.Ordinal)
    {
        [Repeated] = "Events whose id was there before under a key: answered, not counted in windows again.",
        [Conflicting] = "Repeated events that say something else than the first, which is the one that counts.",
        [Late] = "Late rows: why 'late' became known too late to be an event, 'behind' was answered without windows.",
    };

    private readonly ConcurrentBag<Meter> _meters = [];
    private readonly ConcurrentDictionary<(string Name, string Set, string Event, string Why), Counter<long>>
        _counters = new();

    /// <summary>Counts the rows of a scored request.</summary>
    public void Count(ScoringContext context)
    {
        EventCounts counts = context.Events;
        if (!counts.IsEmpty)
        {
            Add(Repeated, context.FeatureSet, context.RequestEvent, "", counts.Repeated);
            Add(Conflicting, context.FeatureSet, context.RequestEvent, "", counts.Conflicting);
            Add(Late, context.FeatureSet, context.RequestEvent, "late", counts.Late);
            Add(Late, context.FeatureSet, context.RequestEvent, "behind", counts.Behind);
        }
    }

    /// <summary>Counts the rows of an ingest call.</summary>
    public void Count(IngestContext context)
    {
        string name = context.Declaration.Schema.Name;
        Add(Repeated, context.Set, name, "", context.Duplicate);
        Add(Conflicting, context.Set, name, "", context.Conflicting);
        Add(Late, context.Set, name, "late", context.Late);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Meter meter in _meters)
        {
            meter.Dispose();
        }
    }

    private void Add(string name, string set, string eventName, string why, long count)
    {
        if (count > 0)
        {
            _counters.GetOrAdd((name, set, eventName, why), Create).Add(count);
        }
    }

    // A meter of its own for each instrument, as VersionMeters says.
    private Counter<long> Create((string Name, string Set, string Event, string Why) key)
    {
        var meter = new Meter(new MeterOptions(ServerMetrics.MeterName) { Scope = owner });
        _meters.Add(meter);
        List<KeyValuePair<string, object?>> tags =
        [
            new("set", key.Set),
            new("event", key.Event),
        ];
        if (key.Why.Length > 0)
        {
            tags.Add(new("why", key.Why));
        }

        return meter.CreateCounter<long>(key.Name, unit: null, description: s_descriptions[key.Name], tags: tags);
    }
}
