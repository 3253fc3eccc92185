namespace Serving.NativeModels.Batching;

/// <summary>Calls that wait, in their order. Not safe for use by several threads: its owner holds a lock.</summary>
internal sealed class BatchQueue
{
    private BatchedCall? _head;
    private BatchedCall? _tail;

    /// <summary>Calls that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a call behind all others.</summary>
    public void Add(BatchedCall call)
    {
        if (_tail is null)
        {
            _head = call;
        }
        else
        {
            _tail.Next = call;
        }

        _tail = call;
        Count++;
    }

    /// <summary>
    /// Takes the first call and those behind it that fit it, as many as make a full size. Calls that ended meanwhile
    /// have their answer and only leave the queue.
    /// </summary>
    /// <param name="taken">Receives the calls; its length bounds them.</param>
    /// <param name="options">Sizes.</param>
    /// <returns>How many were taken.</returns>
    public int Take(Span<BatchedCall> taken, BatchingOptions options)
    {
        DropEnded();
        if (_head is not { } first)
        {
            return 0;
        }

        int rowsMax = options.FullSize(FittingRows(first));
        int count = 0;
        int rows = 0;
        BatchedCall? before = null;
        for (BatchedCall? call = first; call is not null && count < taken.Length; call = call.Next)
        {
            bool isTaken = count == 0 || (rows + call.Rows <= rowsMax && IsFitting(first, call));
            if (!isTaken)
            {
                before = call;
                continue;
            }

            _ = call.TryTake(call.Ticket);
            taken[count++] = call;
            rows += call.Rows;
            Unlink(before, call);
            if (rows >= rowsMax)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>Ends calls whose time is over; gives the earliest deadline of those left, or long.MaxValue.</summary>
    public long Expire(long now, IBatchObserver observer)
    {
        long earliest = long.MaxValue;
        for (BatchedCall? call = _head; call is not null; call = call.Next)
        {
            bool isOver = call.Deadline <= now || call.Cancellation.IsCancellationRequested;
            if (isOver && call.TryExpire(call.Ticket))
            {
                observer.OnExpired();
            }
            else if (!isOver)
            {
                earliest = Math.Min(earliest, call.Deadline);
            }
        }

        DropEnded();
        return earliest;
    }

    private static bool IsFitting(BatchedCall first, BatchedCall call) =>
        call.IsWaiting && call.SignatureIndex == first.SignatureIndex && BatchRows.Fit(first, call);

    private int FittingRows(BatchedCall first)
    {
        long rows = 0;
        for (BatchedCall? call = first; call is not null; call = call.Next)
        {
            rows += IsFitting(first, call) ? call.Rows : 0;
        }

        return (int)Math.Min(int.MaxValue, rows);
    }

    private void DropEnded()
    {
        BatchedCall? before = null;
        for (BatchedCall? call = _head; call is not null; call = call.Next)
        {
            bool isGone = call.Cancellation.IsCancellationRequested && call.TryExpire(call.Ticket);
            if (isGone || !call.IsWaiting)
            {
                Unlink(before, call);
            }
            else
            {
                before = call;
            }
        }
    }

    private void Unlink(BatchedCall? before, BatchedCall call)
    {
        if (before is null)
        {
            _head = call.Next;
        }
        else
        {
            before.Next = call.Next;
        }

        _tail = ReferenceEquals(_tail, call) ? before : _tail;
        Count--;
    }
}
