using System.Threading.Tasks.Sources;
using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Batching;

/// <summary>A call that runs alone where a lane is free, and else waits to become part of a batch.</summary>
/// <remarks>
/// Its stage and the number of its wait are one word: a lane that comes with the answer of an earlier wait, which had
/// ended in time, finds another number and leaves the call alone. While its rows are copied into a batch, or its answer
/// out of it, nobody else may end the call, because its caller may then fill the same buffers again.
/// </remarks>
internal sealed class BatchedCall : TensorCall, IValueTaskSource
{
    private const int Waiting = 0;
    private const int Copying = 1;
    private const int Running = 2;
    private const int Over = 3;
    private const int Stages = 4;

    private readonly BatchingScorer _owner;
    private readonly TensorCall _alone;
    private ManualResetValueTaskSourceCore<bool> _done;
    private long _word = Over;

    public BatchedCall(BatchingScorer owner, int signature, TensorCall alone)
        : base(alone)
    {
        _owner = owner;
        _alone = alone;
        SignatureIndex = signature;
        _done.RunContinuationsAsynchronously = true;
    }

    /// <summary>Index of its signature.</summary>
    public int SignatureIndex { get; }

    /// <summary>Rows of the call, at least 1, while it waits.</summary>
    public int Rows { get; set; }

    /// <summary>When it came, by the owner's clock.</summary>
    public long Arrived { get; private set; }

    /// <summary>When its time ends, by the owner's clock.</summary>
    public long Deadline { get; private set; }

    /// <summary>Tells that nobody waits for it any more.</summary>
    public CancellationToken Cancellation { get; private set; }

    /// <summary>The call that waits behind it.</summary>
    public BatchedCall? Next { get; set; }

    /// <summary>Whether it waits for its batch to form.</summary>
    public bool IsWaiting => Volatile.Read(ref _word) % Stages == Waiting;

    /// <summary>Number of its present wait.</summary>
    public long Ticket => Volatile.Read(ref _word) / Stages;

    /// <summary>Begins to wait; the task ends with the answer. REQUIRES: the owner's lock.</summary>
    public ValueTask Wait(long arrived, long deadline, CancellationToken cancellation)
    {
        Arrived = arrived;
        Deadline = deadline;
        Cancellation = cancellation;
        Next = null;
        _done.Reset();
        Volatile.Write(ref _word, ((Ticket + 1) * Stages) + Waiting);
        return new ValueTask(this, _done.Version);
    }

    /// <summary>Takes a waiting call into a batch, to copy its rows.</summary>
    public bool TryTake(long ticket) => TryMove(ticket, Waiting, Copying);

    /// <summary>Its rows are in the batch.</summary>
    public void SetRunning(long ticket) => Volatile.Write(ref _word, (ticket * Stages) + Running);

    /// <summary>Takes a call of a batch to write its answer; false where its time ended before.</summary>
    public bool TryAnswer(long ticket) => TryMove(ticket, Running, Copying);

    /// <summary>Ends a call that <see cref="TryAnswer"/> took.</summary>
    public void End(long ticket, Exception? error)
    {
        Volatile.Write(ref _word, (ticket * Stages) + Over);
        if (error is null)
        {
            _done.SetResult(true);
        }
        else
        {
            _done.SetException(error);
        }
    }

    /// <summary>
    /// Ends a call whose time is over, wherever it waits; false where it is being copied or answered.
    /// </summary>
    public bool TryExpire(long ticket)
    {
        if (!TryMove(ticket, Waiting, Over) && !TryMove(ticket, Running, Over))
        {
            return false;
        }

        _done.SetException(Cancellation.IsCancellationRequested
            ? new OperationCanceledException(Cancellation)
            : new TensorRunException(ErrorCode.DeadlineExceeded, "the time ended before the model had an answer"));
        return true;
    }

    /// <summary>Runs the call by itself, in the caller's thread where the model runs there.</summary>
    public ValueTask RunAloneAsync(TimeSpan timeLeft, CancellationToken cancellation) =>
        _alone.RunAsync(timeLeft, cancellation);

    void IValueTaskSource.GetResult(short token) => _done.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _done.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _done.OnCompleted(continuation, state, token, flags);

    protected override ValueTask RunCheckedAsync(TimeSpan timeLeft, CancellationToken cancellation) =>
        _owner.RunAsync(this, timeLeft, cancellation);

    protected override void Dispose(bool disposing)
    {
        _alone.Dispose();
        base.Dispose(disposing);
    }

    private bool TryMove(long ticket, int from, int to)
    {
        long word = (ticket * Stages) + from;
        return Interlocked.CompareExchange(ref _word, (ticket * Stages) + to, word) == word;
    }
}
