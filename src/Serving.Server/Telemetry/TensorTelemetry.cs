using Microsoft.Extensions.Logging;
using Serving.NativeModels.Batching;
using Serving.NativeModels.Hosting;
using Serving.NativeModels.Workers;

namespace Serving.Server.Telemetry;

/// <summary>
/// Tells metrics and log what hosted tensor models do. Made before both; <see cref="Attach"/> comes before the first
/// model is opened. Safe for use by several threads.
/// </summary>
internal sealed class TensorTelemetry : INativeObservers
{
    private ServerMetrics? _metrics;
    private ILogger? _logger;

    /// <summary>Gives it the metrics and the log of its server.</summary>
    public void Attach(ServerMetrics metrics, ILogger<TensorTelemetry> logger)
    {
        _logger = logger;
        Volatile.Write(ref _metrics, metrics);
    }

    /// <inheritdoc/>
    public IBatchObserver OfBatches(string model, long version) => new Batches(Attached(), model, version);

    /// <inheritdoc/>
    public IWorkerObserver OfWorkers(string model, long version) => new Workers(Attached(), _logger!, model, version);

    private ServerMetrics Attached() => Volatile.Read(ref _metrics)
        ?? throw new InvalidOperationException("a model is opened before the server has metrics");

    // The server's own calls before it is ready are nobody's load.
    private sealed class Batches(ServerMetrics metrics, string model, long version) : IBatchObserver
    {
        public void OnRun(int calls, int rows, int size, TimeSpan waited, TimeSpan ran)
        {
            if (!metrics.IsWarming)
            {
                metrics.BatchesOf(model, version).Run(rows, size, waited, ran);
            }
        }

        public void OnRefused() => metrics.BatchesOf(model, version).Refuse();

        public void OnExpired() => metrics.BatchesOf(model, version).Expire();
    }

    private sealed class Workers : IWorkerObserver
    {
        private readonly ServerMetrics _metrics;
        private readonly ILogger _logger;
        private readonly string _model;
        private readonly long _version;
        private bool _hasStarted;

        public Workers(ServerMetrics metrics, ILogger logger, string model, long version)
        {
            _metrics = metrics;
            _logger = logger;
            _model = model;
            _version = version;

            // On the page from the start, so that the first crash is an increase.
            _ = metrics.WorkersOf(model, version);
        }

        public void OnReady(int processId, TimeSpan took)
        {
            if (_hasStarted)
            {
                _metrics.WorkersOf(_model, _version).Restart();
            }

            _hasStarted = true;
            _logger.WorkerReady(processId, _model, _version, took);
        }

        public void OnDied(int processId, string why, int callsLost)
        {
            _metrics.WorkersOf(_model, _version).Crash(callsLost);
            _logger.WorkerDied(processId, _model, _version, why, callsLost);
        }
    }
}
