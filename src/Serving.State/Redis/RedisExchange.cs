using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>
/// Carries exchanges out: what is sent, what is queued, and what is answered within the time budget. Safe for use by
/// several threads.
/// </summary>
internal sealed class RedisExchange(
    RedisLink link,
    RedisStoreOptions options,
    RedisBirths births,
    RedisLengths lengths,
    RedisCompaction compaction,
    RedisQuarantine quarantine)
{
    // An ingested event waits for Redis as long as the library does, then the caller sends it again.
    private static readonly TimeSpan s_durableLimit = TimeSpan.FromSeconds(1);

    private readonly RedisFullKeys _full = new(options.TailBytesMax);

    /// <summary>Carries a batch out and answers its accesses.</summary>
    public async Task RunAsync(StateBatch batch, CancellationToken cancellation)
    {
        TimeSpan budget = batch.MustBeDurable ? s_durableLimit : options.Budget;
        long start = link.Time.GetTimestamp();

        // Step 1: copy what is sent; keys with queued appends wait for these.
        RedisAccess[] accesses = Prepare(batch);
        if (!batch.MustBeDurable)
        {
            await WaitForQueueAsync(accesses, start, budget, cancellation);
        }

        // Step 2: what may not be sent is answered at once.
        bool any = Admit(batch, accesses);

        // Step 3: one trip, and a second one for what the server refused, as far as the budget goes.
        for (int trip = 0; any && trip < 2; trip++)
        {
            Task sent = link.Send(accesses, reads: true);
            await sent.WaitAsync(Left(start, budget), link.Time, cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            bool isLast = trip == 1 || Left(start, budget) == TimeSpan.Zero;
            any = Judge(batch, accesses, isLast, start, cancellation);
        }
    }

    private RedisAccess[] Prepare(StateBatch batch)
    {
        RedisAccess[] accesses = RedisGrouping.Of(batch, link);
        foreach (RedisAccess access in accesses)
        {
            births.See(access.Key.Set);
            access.IsReadFirst = _full.Holds(access);
        }

        return accesses;
    }

    private async ValueTask WaitForQueueAsync(
        RedisAccess[] accesses, long start, TimeSpan budget, CancellationToken cancellation)
    {
        foreach (RedisAccess access in accesses)
        {
            RedisLane lane = access.Lane;
            while (!lane.IsOpen && lane.NextRound is var round && lane.IsPending(access.Key)
                && Left(start, budget) > TimeSpan.Zero && !cancellation.IsCancellationRequested)
            {
                await round.WaitAsync(Left(start, budget), link.Time, cancellation)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private bool Admit(StateBatch batch, RedisAccess[] accesses)
    {
        bool any = false;
        foreach (RedisAccess access in accesses)
        {
            RedisGrouping.Answer(batch, access, StateOutcome.Unavailable);
            bool waits = access.Lane.IsOpen || (!batch.MustBeDurable && access.Lane.IsPending(access.Key));
            access.IsReadFirst &= !waits;
            if (!TryReserve(batch, access))
            {
                continue;
            }

            if (waits)
            {
                Queue(access);
            }
            else
            {
                access.IsSent = true;
                any = true;
            }
        }

        return any;
    }

    // Before an append is sent it has its places in the queue; without them it is lost, and was never sent.
    private bool TryReserve(StateBatch batch, RedisAccess access)
    {
        if (!access.Appends || batch.MustBeDurable || access.HoldsPlace || link.Bound.TryTake(access))
        {
            return true;
        }

        RedisGrouping.Answer(batch, access, StateOutcome.Lost);
        link.Status.CountLost(access.Weight);
        return false;
    }

    // Whether something is to be sent once more.
    private bool Judge(
        StateBatch batch, RedisAccess[] accesses, bool isLast, long start, CancellationToken cancellation)
    {
        bool again = false;
        foreach (RedisAccess access in accesses)
        {
            if (!access.IsSent)
            {
                continue;
            }

            access.WasSent = access.Appends;
            RedisErrorKind kind = access.Judge();
            access.WasDiscarded = kind == RedisErrorKind.ExecAbort;
            access.IsSent = !isLast && RedisErrors.IsWorthRepeating(kind);
            Count(access, kind, cancellation);
            if (kind == RedisErrorKind.None)
            {
                Answer(batch, access, start);
                again |= access.IsReadFirst && AppendNext(batch, access, isLast);
            }
            else if (kind == RedisErrorKind.WrongType)
            {
                Damaged(batch, access, isNewer: false);
            }
            else if (!access.IsSent)
            {
                access.IsReadFirst = false;
                if (TryReserve(batch, access))
                {
                    Queue(access);
                }
            }

            again |= access.IsSent;
        }

        return again;
    }

    // A key that was full and has room again: what it is to get follows in the second trip, or by the queue.
    private bool AppendNext(StateBatch batch, RedisAccess access, bool isLast)
    {
        access.IsReadFirst = false;
        RedisGrouping.Answer(batch, access, StateOutcome.Unavailable);
        if (!TryReserve(batch, access))
        {
            return false;
        }

        access.IsSent = !isLast;
        access.Done = Task.CompletedTask;
        if (isLast)
        {
            Queue(access);
        }

        return access.IsSent;
    }

    private void Count(RedisAccess access, RedisErrorKind kind, CancellationToken cancellation)
    {
        if (RedisErrors.IsAnswer(kind))
        {
            access.Lane.Succeeded();
        }
        else if (!cancellation.IsCancellationRequested)
        {
            link.Status.CountTimeout();
            access.Lane.Failed();
        }

        if (kind != RedisErrorKind.None)
        {
            access.Forget();
        }

        // The second trip tells why a transaction was discarded.
        if (kind != RedisErrorKind.None && !(access.IsSent && access.WasDiscarded))
        {
            link.Status.CountError(kind);
        }

        if (RedisErrors.IsTopology(kind))
        {
            link.RequestTopology();
        }
    }

    private void Answer(StateBatch batch, RedisAccess access, long start)
    {
        ReadOnlySpan<byte> blob = ((ReadOnlyMemory<byte>)access.State!.Result).Span;
        if (blob.Length > 0 && (blob.Length > BlobHeader.BlobBytesMax
            || !BlobHeader.Fits(blob, access.Schema, access.Key.Check)))
        {
            Damaged(batch, access, RedisQuarantine.IsNewer(blob));
            return;
        }

        int after = access.Appends ? (int)access.After!.Result : blob.Length;
        StateAccess whole = batch.Accesses[access.Places[0]];
        whole.StateLength = blob.Length;
        whole.Epoch = blob.Length > 0 ? BlobHeader.EpochOf(blob) : 0;
        whole.After = after;
        if (lengths.Take(access, whole, start) is not 0 and int gone)
        {
            link.Status.OnGap(access.Key, gone);
        }

        link.Bound.Release(access);
        if (!access.IsReadFirst)
        {
            RedisGrouping.Answer(batch, access, blob);
        }
        else if (_full.IsFull(blob, blob.Length, access))
        {
            access.IsReadFirst = false;
            RedisGrouping.Refuse(batch, access, blob);
            link.Status.CountTooMany(access.Weight);
            compaction.Request(access.Key, access.Schema);
            return;
        }

        NoteTail(access, blob, after);
    }

    // Asks for a folding before the bound is met, as the embedded store does, and holds what comes next back behind it.
    private void NoteTail(RedisAccess access, ReadOnlySpan<byte> blob, int after)
    {
        if (access.Weight == 0)
        {
            return;
        }

        if (_full.IsLong(blob, after))
        {
            compaction.Request(access.Key, access.Schema);
        }

        if (_full.IsFull(blob, after, access))
        {
            _full.Add(access.Key);
        }
        else
        {
            _full.Remove(access.Key);
        }
    }

    // A blob of a newer format stays, and with it the record behind it.
    private void Damaged(StateBatch batch, RedisAccess access, bool isNewer)
    {
        RedisGrouping.Answer(batch, access, StateOutcome.Damaged);
        access.IsReadFirst = false;
        _full.Remove(access.Key);
        lengths.Forget(access.Key);
        link.Status.CountDamaged();
        if (isNewer)
        {
            link.Bound.Release(access);
        }

        quarantine.Start(access, requeue: access.HoldsPlace);
    }

    // The record of a durable access is the caller's to send again; a read has nothing to keep.
    private void Queue(RedisAccess access)
    {
        if (access.HoldsPlace)
        {
            access.Lane.Enqueue(access);
        }
    }

    private TimeSpan Left(long start, TimeSpan budget)
    {
        TimeSpan left = budget - link.Time.GetElapsedTime(start);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
