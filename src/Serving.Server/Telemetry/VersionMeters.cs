using System.Diagnostics.Metrics;
using Serving.Data;
using Serving.Engine.Decisions;
using Serving.Engine.Pipeline;

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
    private readonly Counter<long>[] _steps = new Counter<long>[(int)ScoringStep.Policy + 1];
    private readonly Counter<long>[] _decisions = new Counter<long>[(int)Decision.Decline + 1];
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
            description: "Requests with a row that was answered by a lower step than the full one.",
            tags: [modelTag, versionTag]);
        for (int step = 0; step < _steps.Length; step++)
        {
            _steps[step] = NewMeter(owner).CreateCounter<long>(
                "serving_steps_total",
                unit: null,
                description: "Rows answered, by the step of the fallback ladder that gave the answer.",
                tags: [modelTag, versionTag, new KeyValuePair<string, object?>(
                    "step", DecisionWords.Of((ScoringStep)step))]);
        }

        for (int decision = (int)Decision.Approve; decision < _decisions.Length; decision++)
        {
            _decisions[decision] = NewMeter(owner).CreateCounter<long>(
                "serving_decisions_total",
                unit: null,
                description: "Rows decided, by decision as it was answered.",
                tags: [modelTag, versionTag, new KeyValuePair<string, object?>(
                    "decision", DecisionWords.Of((Decision)decision))]);
        }

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

    /// <summary>Counts the steps and decisions of the rows of an answer.</summary>
    public void CountAnswer(ScoringContext context)
    {
        if (context.IsDegraded)
        {
            _degraded.Add(1);
        }

        // All rows are scored and recorded, also those that a top-k leaves out of the answer.
        for (int row = 0; row < context.Rows.RowCount; row++)
        {
            _steps[(int)context.StepOf(row)].Add(1);
            Decision decision = context.DecisionOf(row);
            if (decision != Decision.None)
            {
                _decisions[(int)decision].Add(1);
            }
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
