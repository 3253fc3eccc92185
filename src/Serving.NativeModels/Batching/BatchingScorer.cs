using System.Collections.Immutable;
using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Batching;

/// <summary>
/// Puts calls that come while the model runs into batches. A call that finds a lane free runs at once and alone, in its
/// caller's thread: where calls are rare nothing is waited for. Safe for use by several threads.
/// </summary>
/// <remarks>
/// Only rows that wait because all lanes are busy become a batch, so its size follows the load by itself (adaptive
/// batching without a delay, as in Clipper, Crankshaw et al. 2017, section 4.3, with a delay of nothing). A batch that
/// fails is run again call by call, so that a bad row fails nobody else.
/// </remarks>
public sealed class BatchingScorer : ITensorScorer
{
    private readonly ITensorScorer _inner;
    private readonly BatchingOptions _options;
    private readonly TimeProvider _time;
    private readonly IBatchObserver _observer;
    private readonly ImmutableArray<bool> _isBatchable;
    private readonly Lock _gate = new();
    private readonly BatchQueue _queue = new();
    private readonly BatchLane[] _lanes;
    private readonly Stack<BatchLane> _idle;
    private readonly ITimer _alarm;
    private long _alarmAt = long.MaxValue;
    private int _busy;

    /// <summary>Puts a queue before a scorer.</summary>
    /// <param name="inner">Runs the calls; disposed with this.</param>
    /// <param name="options">Sizes and bounds.</param>
    /// <param name="isBatchable">For each signature whether its calls may run as one
    /// (<see cref="BatchableModel"/>, <see cref="BatchProbe"/>); the others run alone and count in no lane.</param>
    /// <param name="time">The clock.</param>
    /// <param name="observer">Is told what batches do.</param>
    public BatchingScorer(
        ITensorScorer inner,
        BatchingOptions options,
        ImmutableArray<bool> isBatchable,
        TimeProvider time,
        IBatchObserver? observer = null)
    {
        _inner = inner;
        _options = options;
        _time = time;
        _observer = observer ?? SilentBatchObserver.Instance;
        _isBatchable = isBatchable;
        _lanes = new BatchLane[options.Lanes];
        for (int i = 0; i < _lanes.Length; i++)
        {
            _lanes[i] = new BatchLane(this, options, time, _observer);
        }

        _idle = new Stack<BatchLane>(_lanes);
        _alarm = time.CreateTimer(
            static state =>
                ((BatchingScorer)state!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public TensorModel Model => _inner.Model;

    /// <inheritdoc/>
    public string RunsOn => _inner.RunsOn;

    /// <inheritdoc/>
    public bool IsDeferred => _inner.IsDeferred || _isBatchable.Contains(true);

    /// <inheritdoc/>
    public long MemoryBytes => _inner.MemoryBytes;

    /// <inheritdoc/>
    public TensorHost Host => _inner.Host with { Batching = Batching };

    /// <summary>What status says of batches: <c>on</c>, or which calls form none and why.</summary>
    public string Batching { get; init; } = "on";

    /// <inheritdoc/>
    public TensorCall CreateCall(int signature)
    {
        TensorCall alone = _inner.CreateCall(signature);
        return _isBatchable[signature] ? new BatchedCall(this, signature, alone) : alone;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _alarm.Dispose();
        foreach (BatchLane lane in _lanes)
        {
            lane.Dispose();
        }

        _inner.Dispose();
    }

    /// <summary>Runs every size once on every lane, so that no request plans and allocates for it.</summary>
    /// <param name="signature">Index of the signature.</param>
    /// <param name="sample">A call of one row that is filled.</param>
    /// <param name="longest">Sizes that have not begun by then are left.</param>
    /// <exception cref="TensorRunException">The model does not run that many rows.</exception>
    internal async Task WarmUpAsync(int signature, TensorCall sample, TimeSpan longest)
    {
        long began = _time.GetTimestamp();
        foreach (int size in _options.Sizes.Reverse())
        {
            foreach (BatchLane lane in _lanes)
            {
                if (_time.GetElapsedTime(began) < longest)
                {
                    await lane.WarmUpAsync(signature, sample, size).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Runs a call: alone where a lane is free, else in a batch.</summary>
    internal ValueTask RunAsync(BatchedCall call, TimeSpan timeLeft, CancellationToken cancellation)
    {
        call.Rows = BatchRows.Of(call);
        if (call.Rows < 1 || call.Rows > _options.RowsMax)
        {
            return call.RunAloneAsync(timeLeft, cancellation);
        }

        long now = _time.GetTimestamp();
        lock (_gate)
        {
            if (_busy >= _options.Lanes || _queue.Count > 0)
            {
                return Enqueue(call, now, timeLeft, cancellation);
            }

            _busy++;
        }

        return RunAlone(call, now, timeLeft, cancellation);
    }

    /// <summary>Gives a lane calls to run; where none waits the lane rests.</summary>
    internal bool TryFill(BatchLane lane)
    {
        lock (_gate)
        {
            if (lane.Fill(_queue))
            {
                return true;
            }

            _busy--;
            _idle.Push(lane);
            return false;
        }
    }

    /// <summary>A lane has answered its batch.</summary>
    internal static void Release(BatchLane lane) => ThreadPool.UnsafeQueueUserWorkItem(lane, preferLocal: false);

    /// <summary>A call of the model itself, for a lane.</summary>
    internal TensorCall CreateInner(int signature) => _inner.CreateCall(signature);

    private ValueTask Enqueue(BatchedCall call, long now, TimeSpan timeLeft, CancellationToken cancellation)
    {
        if (_queue.Count >= _options.WaitingMax)
        {
            _observer.OnRefused();
            return ValueTask.FromException(new TensorRunException(
                ErrorCode.ResourceExhausted, $"{_queue.Count} calls of this model wait already"));
        }

        long deadline = now + (long)Math.Min(long.MaxValue / 4, timeLeft.TotalSeconds * _time.TimestampFrequency);
        ValueTask answer = call.Wait(now, deadline, cancellation);
        _queue.Add(call);
        if (deadline < _alarmAt)
        {
            SetAlarm(now, deadline);
        }

        return answer;
    }

    private ValueTask RunAlone(BatchedCall call, long began, TimeSpan timeLeft, CancellationToken cancellation)
    {
        bool isUnderWay = false;
        try
        {
            ValueTask running = call.RunAloneAsync(timeLeft, cancellation);
            if (!running.IsCompleted)
            {
                isUnderWay = true;
                return AwaitAsync(running, call.Rows, began);
            }

            return running;
        }
        finally
        {
            if (!isUnderWay)
            {
                EndAlone(call.Rows, began);
            }
        }
    }

    private async ValueTask AwaitAsync(ValueTask running, int rows, long began)
    {
        try
        {
            await running.ConfigureAwait(false);
        }
        finally
        {
            EndAlone(rows, began);
        }
    }

    // Who ran alone leaves the lane to those who came meanwhile, and goes home with its answer.
    private void EndAlone(int rows, long began)
    {
        _observer.OnRun(1, rows, rows, TimeSpan.Zero, _time.GetElapsedTime(began));
        BatchLane? next = null;
        lock (_gate)
        {
            if (_queue.Count == 0)
            {
                _busy--;
            }
            else
            {
                next = _idle.Pop();
            }
        }

        if (next is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(next, preferLocal: false);
        }
    }

    private void Expire()
    {
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            long earliest = _queue.Expire(now, _observer);
            foreach (BatchLane lane in _lanes)
            {
                earliest = Math.Min(earliest, lane.Expire(now));
            }

            _alarmAt = long.MaxValue;
            if (earliest < long.MaxValue)
            {
                SetAlarm(now, earliest);
            }
        }
    }

    // A tick later than the deadline, and no more often than every millisecond.
    private void SetAlarm(long now, long deadline)
    {
        _alarmAt = deadline;
        TimeSpan left = _time.GetElapsedTime(now, deadline) + TimeSpan.FromMilliseconds(1);
        _alarm.Change(left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1), Timeout.InfiniteTimeSpan);
    }
}
