using System.Diagnostics.Metrics;
using Serving.Data;

namespace Serving.Server.Telemetry;

/// <summary>
/// The instruments of one version of a model: answers by code, and how long each stage took. The version's labels are
/// tags of the instruments, so that recording is one call without tags. Safe for use by several threads; recording
/// allocates nothing.
/// </summary>
internal sealed class VersionMeters : IDisposable
{
    // One meter for each instrument: a meter gives the first one of a name to every later caller, whatever its tags.
    private readonly List<Meter> _meters = [];
    private readonly Counter<long>[] _answers = new Counter<long>[(int)ErrorCode.Unavailable + 1];
    private readonly Counter<long> _degraded;
    private readonly Histogram<double>[] _stages = new Histogram<double>[(int)Stage.Total + 1];

    /// <summary>Makes the instruments of a version; empty model for requests that named none that is served.</summary>
    public VersionMeters(object owner, string model, string version)
    {
        var modelTag = new KeyValuePair<string, object?>("model", model);
        var versionTag = new KeyValuePair<string, object?>("version", version);
        for (int code = 0; code < _answers.Length; code++)
        {
            string name = StatusMapping.Of((ErrorCode)code).Name;
            _answers[code] = NewMeter(owner).CreateCounter<long>(
                "serving_requests_total",
                unit: null,
                description: "Requests answered, by model, version and status code.",
                tags: [modelTag, versionTag, new KeyValuePair<string, object?>("code", name)]);
        }

        _degraded = NewMeter(owner).CreateCounter<long>(
            "serving_degraded_total",
            unit: null,
            description: "Requests answered without the state of a row, by model and version.",
            tags: [modelTag, versionTag]);
        for (int stage = 0; stage < _stages.Length; stage++)
        {
            string name = ((Stage)stage).ToString().ToLowerInvariant();
            _stages[stage] = NewMeter(owner).CreateHistogram<double>(
                "serving_stage_duration_seconds",
                "s",
                "Time of each stage of a request that was answered with scores.",
                [modelTag, versionTag, new KeyValuePair<string, object?>("stage", name)]);
        }
    }

    /// <summary>Counts an answer.</summary>
    public void Count(ErrorCode code) => _answers[(int)code].Add(1);

    /// <summary>Counts an answer if the state of a row was missing.</summary>
    public void CountDegraded(bool isDegraded)
    {
        if (isDegraded)
        {
            _degraded.Add(1);
        }
    }

    /// <summary>Notes the time of a stage.</summary>
    public void Record(Stage stage, uint microseconds) => _stages[(int)stage].Record(microseconds * 1e-6);

    /// <summary>Takes the instruments off the page.</summary>
    public void Dispose()
    {
        foreach (Meter meter in _meters)
        {
            meter.Dispose();
        }
    }

    private Meter NewMeter(object owner)
    {
        var meter = new Meter(new MeterOptions(ServerMetrics.MeterName) { Scope = owner });
        _meters.Add(meter);
        return meter;
    }
}
