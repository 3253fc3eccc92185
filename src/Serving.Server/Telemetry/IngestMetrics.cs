using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Serving.Data;
using Serving.Engine.Ingest;

namespace Serving.Server.Telemetry;

/// <summary>
/// Counts ingest calls by code, and rows by set, event and what became of them. Sets and events are those of Ready
/// versions, so that no caller makes labels. Safe for use by several threads.
/// </summary>
internal sealed class IngestMetrics : IDisposable
{
    private readonly ServerMetrics _owner;
    private readonly ConcurrentBag<Meter> _meters = [];
    private readonly ConcurrentDictionary<ErrorCode, Counter<long>> _calls = new();
    private readonly ConcurrentDictionary<(string Set, string Event, string Result), Counter<long>> _rows = new();

    /// <summary>Makes the counters of a server.</summary>
    public IngestMetrics(ServerMetrics owner) => _owner = owner;

    /// <summary>Counts a call.</summary>
    public void CountCall(ErrorCode code) => _calls.GetOrAdd(code, CreateCalls).Add(1);

    /// <summary>Counts the rows of a call that the store confirmed.</summary>
    public void CountRows(IngestContext context)
    {
        CountRows(context, "accepted", context.Accepted);
        CountRows(context, "duplicate", context.Duplicate);
        CountRows(context, "late", context.Late);
        CountRows(context, "future", context.Future);
        _owner.CountEvents(context);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Meter meter in _meters)
        {
            meter.Dispose();
        }
    }

    private void CountRows(IngestContext context, string result, uint count)
    {
        if (count > 0)
        {
            _rows.GetOrAdd((context.Set, context.Declaration.Schema.Name, result), CreateRows).Add(count);
        }
    }

    private Counter<long> CreateCalls(ErrorCode code) => NewMeter().CreateCounter<long>(
        "serving_ingest_requests_total",
        unit: null,
        description: "Ingest requests answered, by status code.",
        tags: [new KeyValuePair<string, object?>("code", StatusMapping.Of(code).Name)]);

    private Counter<long> CreateRows((string Set, string Event, string Result) key) => NewMeter().CreateCounter<long>(
        "serving_ingest_rows_total",
        unit: null,
        description: "Rows ingested, by feature set, event and result: accepted, duplicate, late or future.",
        tags:
        [
            new KeyValuePair<string, object?>("set", key.Set),
            new KeyValuePair<string, object?>("event", key.Event),
            new KeyValuePair<string, object?>("result", key.Result),
        ]);

    // A meter of its own for each instrument, as VersionMeters says.
    private Meter NewMeter()
    {
        var meter = new Meter(new MeterOptions(ServerMetrics.MeterName) { Scope = _owner });
        _meters.Add(meter);
        return meter;
    }
}
