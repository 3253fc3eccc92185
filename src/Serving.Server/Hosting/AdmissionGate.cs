using System.Threading.RateLimiting;
using Serving.Data;
using Serving.Server.Telemetry;

namespace Serving.Server.Hosting;

/// <summary>
/// How many requests are under way at once, with a short queue in front: beyond it a request is refused at once,
/// because a queue that grows answers everybody too late. Safe for use by several threads.
/// </summary>
internal sealed class AdmissionGate : IDisposable
{
    /// <summary>What a refused caller reads.</summary>
    public const string Refusal = "the server is at its limit of concurrent requests; retry later";

    private readonly ConcurrencyLimiter _limiter;
    private readonly ServerMetrics _metrics;

    // Who waited as long as a row may take is answered too late anyway.
    private readonly TimeSpan _waitMax;

    /// <summary>Makes the gate.</summary>
    public AdmissionGate(ServerOptions options, ServerMetrics metrics)
    {
        _metrics = metrics;
        _waitMax = options.Deadline ?? ModelDeadlines.WithoutPolicy;
        _limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = options.ConcurrencyMax,
            QueueLimit = options.QueueMax,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
        metrics.AddGauge(
            "serving_requests_in_flight",
            "Requests under way.",
            () => options.ConcurrencyMax - (_limiter.GetStatistics()?.CurrentAvailablePermits ?? 0));
        metrics.AddGauge(
            "serving_requests_queued", "Requests that wait for a place.", () =>
                _limiter.GetStatistics()?.CurrentQueuedCount ?? 0);
    }

    /// <summary>Enters without waiting; null when there is no place.</summary>
    public RateLimitLease? TryEnter()
    {
        RateLimitLease lease = _limiter.AttemptAcquire();
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        return null;
    }

    /// <summary>Enters, or waits in the queue; null when the queue is full, or the wait too long.</summary>
    public async ValueTask<RateLimitLease?> TryEnterAsync(CancellationToken cancellation)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        waiting.CancelAfter(_waitMax);
        try
        {
            RateLimitLease lease = await _limiter.AcquireAsync(1, waiting.Token);
            if (lease.IsAcquired)
            {
                return lease;
            }

            lease.Dispose();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The wait was too long: the same answer as a full queue.
        }

        _metrics.Reject("concurrency");
        return null;
    }

    /// <summary>Enters, or fails with RESOURCE_EXHAUSTED.</summary>
    public async ValueTask<RateLimitLease> EnterAsync(CancellationToken cancellation) =>
        TryEnter() ?? await TryEnterAsync(cancellation)
        ?? throw StatusMapping.ToException(ErrorCode.ResourceExhausted, Refusal);

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();
}
