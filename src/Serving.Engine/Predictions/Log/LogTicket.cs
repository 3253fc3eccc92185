using System.Threading.Tasks.Sources;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// One answer that waits for the disk; one for each context, reused. Completed once by the log's threads, under the
/// lock of <see cref="LogWaiters"/>.
/// </summary>
internal sealed class LogTicket : IValueTaskSource<LogOutcome>
{
    // The request goes on on a thread of the pool: the log's threads do nothing but write.
    private ManualResetValueTaskSourceCore<LogOutcome> _core = new() { RunContinuationsAsynchronously = true };

    /// <summary>Position in the ring behind what it waits for.</summary>
    public long Position { get; private set; }

    /// <summary>Timestamp at which it waits no longer.</summary>
    public long Until { get; private set; }

    /// <summary>Begins to wait.</summary>
    public ValueTask<LogOutcome> Begin(long position, long until)
    {
        Position = position;
        Until = until;
        _core.Reset();
        return new ValueTask<LogOutcome>(this, _core.Version);
    }

    /// <summary>Ends the wait.</summary>
    public void Complete(LogOutcome outcome) => _core.SetResult(outcome);

    /// <inheritdoc/>
    public LogOutcome GetResult(short token) => _core.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
