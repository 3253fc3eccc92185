using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Batching;

/// <summary>Runs one batch after the other, on a thread of the pool, until no call waits.</summary>
/// <remarks>
/// Between two batches it goes to the end of the pool's queue: callers that were answered come first, and what they ask
/// next is in the next batch.
/// </remarks>
internal sealed class BatchLane : IThreadPoolWorkItem, IDisposable
{
    private readonly BatchingScorer _owner;
    private readonly BatchingOptions _options;
    private readonly TimeProvider _time;
    private readonly IBatchObserver _observer;
    private readonly BatchedCall[] _calls;
    private readonly long[] _tickets;
    private readonly int[] _rowsOf;
    private readonly TensorCall?[] _batches;
    private long _arrived;
    private long _began;
    private int _signature;
    private int _count;
    private int _rows;
    private int _size;

    public BatchLane(BatchingScorer owner, BatchingOptions options, TimeProvider time, IBatchObserver observer)
    {
        _owner = owner;
        _options = options;
        _time = time;
        _observer = observer;
        _calls = new BatchedCall[options.RowsMax];
        _tickets = new long[options.RowsMax];
        _rowsOf = new int[options.RowsMax];
        _batches = new TensorCall?[owner.Model.Signatures.Length];
    }

    /// <summary>Takes calls and runs them as one.</summary>
    public void Execute()
    {
        if (!_owner.TryFill(this))
        {
            return;
        }

        _ = RunAsync();
    }

    /// <summary>Takes calls out of a queue. REQUIRES: the owner's lock.</summary>
    public bool Fill(BatchQueue queue)
    {
        _count = queue.Take(_calls, _options);
        _rows = 0;
        for (int i = 0; i < _count; i++)
        {
            _tickets[i] = _calls[i].Ticket;
            _rowsOf[i] = _calls[i].Rows;
            _rows += _rowsOf[i];
        }

        _arrived = _count > 0 ? _calls[0].Arrived : 0;

        return _count > 0;
    }

    /// <summary>
    /// Ends calls in the batch whose time is over; gives the earliest deadline of the others, or long.MaxValue.
    /// REQUIRES: the owner's lock.
    /// </summary>
    public long Expire(long now)
    {
        long earliest = long.MaxValue;
        for (int i = 0; i < _count; i++)
        {
            if (_calls[i].Deadline > now)
            {
                earliest = Math.Min(earliest, _calls[i].Deadline);
            }
            else if (_calls[i].TryExpire(_tickets[i]))
            {
                _observer.OnExpired();
            }
        }

        return earliest;
    }

    /// <summary>Runs a batch of copies of one row. REQUIRES: no call has come yet.</summary>
    public async Task WarmUpAsync(int signature, TensorCall sample, int size)
    {
        TensorCall batch = _batches[signature] ??= _owner.CreateInner(signature);
        BatchRows.Merge(batch, [sample], size);
        await batch.RunAsync(TimeSpan.MaxValue, CancellationToken.None).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TensorCall? batch in _batches)
        {
            batch?.Dispose();
        }
    }

    // Whatever a runtime throws is the answer of the calls it was for: nobody else is there to hear of it.
    private async Task RunAsync()
    {
        Exception? error = null;
        _began = _time.GetTimestamp();
        try
        {
            TensorCall batch = Merge();
            await batch.RunAsync(TimeLeft(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception found)
        {
            error = found;
        }

        Finish(error);
    }

    private TensorCall Merge()
    {
        try
        {
            _signature = _calls[0].SignatureIndex;
            TensorCall batch = _batches[_signature] ??= _owner.CreateInner(_signature);
            _size = _options.SizeFor(_rows);
            BatchRows.Merge(batch, _calls.AsSpan(0, _count), _size);
            return batch;
        }
        finally
        {
            for (int i = 0; i < _count; i++)
            {
                _calls[i].SetRunning(_tickets[i]);
            }
        }
    }

    // The one with most time decides: a call whose own time ends sooner is answered by then, whatever the batch does.
    private TimeSpan TimeLeft()
    {
        long latest = 0;
        for (int i = 0; i < _count; i++)
        {
            latest = Math.Max(latest, _calls[i].Deadline);
        }

        TimeSpan left = _time.GetElapsedTime(_began, latest);
        return left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
    }

    private void Finish(Exception? error)
    {
        _observer.OnRun(
            _count, _rows, _size, _time.GetElapsedTime(_arrived, _began), _time.GetElapsedTime(_began));
        int begin = 0;
        for (int i = 0; i < _count; i++)
        {
            Answer(i, begin, error);
            begin += _rowsOf[i];
        }

        BatchingScorer.Release(this);
    }

    private void Answer(int place, int begin, Exception? error)
    {
        BatchedCall call = _calls[place];
        long ticket = _tickets[place];
        if (!call.TryAnswer(ticket))
        {
            return;
        }

        if (error is not null && _count > 1 && error is not TensorRunException { Code: ErrorCode.DeadlineExceeded })
        {
            // One call's values may have failed the others': each is asked again alone.
            _ = AnswerAloneAsync(call, ticket);
            return;
        }

        try
        {
            if (error is null)
            {
                BatchRows.Split(_batches[_signature]!, call, begin, _rowsOf[place], _size);
            }
        }
        catch (InvalidDataException mixed)
        {
            error = new TensorRunException(ErrorCode.Internal, mixed.Message, mixed);
        }

        call.End(ticket, error);
    }

    private async Task AnswerAloneAsync(BatchedCall call, long ticket)
    {
        Exception? error = null;
        try
        {
            TimeSpan left = _time.GetElapsedTime(_time.GetTimestamp(), call.Deadline);
            await call.RunAloneAsync(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), call.Cancellation)
                .ConfigureAwait(false);
        }
        catch (Exception found)
        {
            error = found;
        }

        call.End(ticket, error);
    }
}
