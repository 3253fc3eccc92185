using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serving.Engine;
using Serving.Engine.Ingest;
using Serving.Engine.Versions;
using Serving.Server.Telemetry;

namespace Serving.Server.Hosting;

/// <summary>
/// Tells gRPC health what the engine serves: the whole server under "", the scoring service, and each model by its
/// name. Also forgets the instruments of versions that are gone and logs what changed.
/// </summary>
internal sealed class HealthReporter : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(500);

    private readonly InferenceEngine _engine;
    private readonly HealthServiceImpl _health;
    private readonly Readiness _readiness;
    private readonly ServerMetrics _metrics;
    private readonly ServerState _state;
    private readonly TimeProvider _time;
    private readonly ILogger<HealthReporter> _logger;
    private readonly HashSet<string> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Model, long Version), (VersionState, bool)> _states = [];
    private string[] _warnings;

    /// <summary>Makes the reporter.</summary>
    public HealthReporter(
        InferenceEngine engine,
        HealthServiceImpl health,
        Readiness readiness,
        ServerMetrics metrics,
        ServerState state,
        TimeProvider time,
        ILogger<HealthReporter> logger)
    {
        _engine = engine;
        _health = health;
        _readiness = readiness;
        _metrics = metrics;
        _state = state;
        _time = time;
        _logger = logger;

        // Those of the start are logged by whoever starts.
        _warnings = [.. state.Warnings];
        Report();
    }

    /// <summary>Tells the present state. One thread at a time.</summary>
    public void Report()
    {
        lock (_models)
        {
            bool isReady = _readiness.WhyNot.Length == 0;
            Set("", isReady);
            Set("serving.v1.ScoringService", isReady);
            foreach (string model in _models.Except(_engine.ReadyModels, StringComparer.Ordinal))
            {
                Set(model, isServing: false);
            }

            foreach (string model in _engine.ReadyModels)
            {
                _models.Add(model);
                Set(model, !_readiness.IsDraining);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_period, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Report();
            LogChanges();
            LogStateWarnings();
            HashSet<(string, long)> served = Of(IsServed);
            HashSet<(string, long)> open = Of(IsOpen);
            _metrics.Keep(
                (model, version) => served.Contains((model, version)),
                (model, version) => open.Contains((model, version)));
        }
    }

    private HashSet<(string Model, long Version)> Of(Func<VersionStatus, bool> isWanted) =>
        [.. _engine.Versions.Where(isWanted).Select(status => (status.Model, status.Version))];

    private static bool IsOpen(VersionStatus status) =>
        status.State is not (VersionState.Failed or VersionState.Retired);

    private static bool IsServed(VersionStatus status) => status.State is VersionState.Ready or VersionState.Draining;

    private void LogChanges()
    {
        bool hasChanged = false;
        foreach (VersionStatus status in _engine.Versions)
        {
            (string, long) key = (status.Model, status.Version);

            // A version that begins to wait for its history, which its reason says, is news too.
            (VersionState, bool) now =
                (status.State, status.State == VersionState.Warming && status.Reason.Length > 0);
            if (!_states.TryGetValue(key, out (VersionState, bool) known) || known != now)
            {
                hasChanged = true;
                _states[key] = now;
                _logger.VersionChanged(status.Model, status.Version, status.State.ToString(), status.Reason);
            }
        }

        if (hasChanged && _state.Location.Kind == StateKind.Folder)
        {
            NoteScripts();
        }
    }

    // Once when it comes and again when it comes back; the metrics tell how long it lasts.
    private void LogStateWarnings()
    {
        string[] present = [.. _state.Warnings];
        foreach (string warning in present.Where(warning => !_warnings.Contains(warning)))
        {
            _logger.StateWarning(warning);
        }

        _warnings = present;
    }

    // The folder is then understood without the models (`state compact`).
    private void NoteScripts()
    {
        try
        {
            foreach (string damaged in NotedScripts.NoteAll(_state.Location.Folder, _engine))
            {
                _logger.StateWarning($"{damaged} was damaged and is written again");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _logger.StateWarning(exception.Message);
        }
    }

    private void Set(string service, bool isServing) => _health.SetStatus(
        service,
        isServing
            ? HealthCheckResponse.Types.ServingStatus.Serving
            : HealthCheckResponse.Types.ServingStatus.NotServing);
}
