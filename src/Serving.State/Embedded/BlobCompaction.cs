using Serving.Data.Durability;

namespace Serving.State.Embedded;

/// <summary>
/// The compactors of a store, the thread that folds what was asked for, and the sweep for expired blobs. Safe for use
/// by several threads.
/// </summary>
/// <remarks>
/// The thread has the common priority: it takes the shards' gates, and preempted inside one at the lowest priority it
/// would keep requests waiting for tens of milliseconds on a busy machine. A fold takes some microseconds.
/// </remarks>
internal sealed class BlobCompaction : IDisposable
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(1);
    private const int EntriesBehindGate = 64;

    private readonly LoggedBlobs _blobs;
    private readonly EmbeddedOptions _options;
    private readonly CompactionQueue _queue;
    private readonly BlobFolding _folding;
    private readonly BackgroundLoop _loop;
    private IBlobCompactor[] _compactors = [];
    private long _lastSweep;

    public BlobCompaction(LoggedBlobs blobs, EmbeddedOptions options)
    {
        _blobs = blobs;
        _options = options;
        _queue = new CompactionQueue(options.CompactionQueueMax);
        _folding = new BlobFolding(blobs);
        _lastSweep = options.Time.GetTimestamp();
        _loop = new BackgroundLoop("state-compact", Step);
        _loop.Start();
    }

    /// <summary>Is told of replacements.</summary>
    public ICompactionListener? Listener { get; set; }

    /// <summary>Requests that found the queue full.</summary>
    public long Dropped => _queue.Dropped;

    /// <summary>Makes a compactor known; the first of a schema stays.</summary>
    public void Use(IBlobCompactor compactor)
    {
        while (true)
        {
            IBlobCompactor[] known = Volatile.Read(ref _compactors);
            if (Of(compactor.Schema) is not null
                || Interlocked.CompareExchange(ref _compactors, [.. known, compactor], known) == known)
            {
                return;
            }
        }
    }

    /// <summary>Asks for a folding.</summary>
    [Data.HotPath]
    public void Request(in StateKey key, ulong schema)
    {
        if (_queue.Add(key, schema))
        {
            _loop.Wake();
        }
    }

    /// <summary>Folds every blob that is due.</summary>
    public async Task<long> FoldAllAsync(IProgress<double>? progress, CancellationToken cancellation)
    {
        BlobFolding folding = new(_blobs);
        long folded = 0;
        StateShard[] shards = _blobs.Blobs.Shards;
        for (int i = 0; i < shards.Length; i++)
        {
            for (int entry = 0; NextDue(shards[i], ref entry, out StateKey key, out IBlobCompactor? compactor); entry++)
            {
                cancellation.ThrowIfCancellationRequested();
                BlobFolding.Result result;
                while ((result = Fold(folding, key, compactor!)).IsLogFull)
                {
                    await RoomInLogAsync(cancellation);
                }

                folded += result.Records > 0 ? 1 : 0;
            }

            progress?.Report((i + 1.0) / shards.Length);
        }

        return folded;
    }

    /// <summary>Waits until the log has room again.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public async Task RoomInLogAsync(CancellationToken cancellation)
    {
        StateLog log = _blobs.Log!;
        if (!await log.WhenSyncedAsync(log.DataSequence).WaitAsync(cancellation))
        {
            string? error = log.Describe(new EmbeddedStatus()).LogError;
            throw new IOException($"the log of the state cannot be written: {error}");
        }
    }

    /// <summary>Drops every blob that has expired.</summary>
    public void Sweep()
    {
        long now = _blobs.NowMs();
        foreach (StateShard shard in _blobs.Blobs.Shards)
        {
            int entry = 0;
            while (entry >= 0 && !_loop.IsStopping)
            {
                entry = SweepSome(shard, entry, now);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _loop.Dispose();

    private IBlobCompactor? Of(ulong schema)
    {
        foreach (IBlobCompactor compactor in Volatile.Read(ref _compactors))
        {
            if (compactor.Schema == schema)
            {
                return compactor;
            }
        }

        return null;
    }

    private TimeSpan Step()
    {
        while (!_loop.IsStopping && _queue.TryTake(out StateKey key, out ulong schema))
        {
            if (Of(schema) is { } compactor)
            {
                _ = Fold(_folding, key, compactor);
            }
        }

        if (_options.Time.GetElapsedTime(_lastSweep) >= _options.SweepInterval)
        {
            _lastSweep = _options.Time.GetTimestamp();
            Sweep();
        }

        return s_wait;
    }

    private BlobFolding.Result Fold(BlobFolding folding, in StateKey key, IBlobCompactor compactor)
    {
        BlobFolding.Result result = folding.Fold(key, compactor);
        if (result.Records > 0)
        {
            Listener?.OnCompacted(key, result.Epoch, result.Records, result.Read);
        }

        return result;
    }

    private bool NextDue(StateShard shard, ref int entry, out StateKey key, out IBlobCompactor? compactor)
    {
        (key, compactor) = (default, null);
        shard.Gate.Enter();
        try
        {
            for (; !shard.IsClosed && entry < shard.Table.EntryEnd; entry++)
            {
                if (shard.Table.TryKey(entry, out key)
                    && (compactor = Of(BlobHeader.SchemaOf(shard.Table.BlobAt(entry)))) is not null
                    && compactor.IsDue(shard.Table.BlobAt(entry).Length, shard.Table.AppendedAt(entry)))
                {
                    return true;
                }
            }

            return false;
        }
        finally
        {
            shard.Gate.Exit();
        }
    }

    private int SweepSome(StateShard shard, int entry, long now)
    {
        shard.Gate.Enter();
        try
        {
            if (shard.IsClosed)
            {
                return -1;
            }

            BlobTable table = shard.Table;
            int end = Math.Min(entry + EntriesBehindGate, table.EntryEnd);
            for (; entry < end; entry++)
            {
                if (table.TryKey(entry, out StateKey key)
                    && LoggedBlobs.IsExpired(table.EntryAt(entry), now)
                    && !_blobs.TryExpire(table, entry, key))
                {
                    return -1;
                }
            }

            return end == table.EntryEnd ? -1 : end;
        }
        finally
        {
            shard.Gate.Exit();
        }
    }
}
