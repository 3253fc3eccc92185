using System.Diagnostics.Metrics;

namespace Serving.Server.Telemetry;

/// <summary>What became of the worker processes of one version. Safe for use by several threads.</summary>
internal sealed class WorkerMeters : MeterSet
{
    private readonly Counter<long> _crashes;
    private readonly Counter<long> _restarts;
    private readonly Counter<long> _lost;

    /// <summary>Makes the instruments.</summary>
    public WorkerMeters(object owner, string model, long version)
        : base(owner, model, version)
    {
        _crashes = NewCounter("serving_worker_crashes_total", "Worker processes that ended unasked.");
        _restarts = NewCounter("serving_worker_restarts_total", "Worker processes that took calls after another.");
        _lost = NewCounter("serving_worker_lost_calls_total", "Calls that a worker had under way when it ended.");
    }

    /// <summary>Counts a worker that ended.</summary>
    public void Crash(int callsLost)
    {
        _crashes.Add(1);
        _lost.Add(callsLost);
    }

    /// <summary>Counts the next one.</summary>
    public void Restart() => _restarts.Add(1);
}
