using System.Collections.Immutable;

namespace Serving.State.Embedded;

/// <summary>
/// The store inside the process: blobs in native memory in shards by key, each behind a gate that is held for one copy
/// and append; with a folder also a log and snapshots (docs/state-folder.md). Safe for use by several threads.
/// </summary>
/// <remarks>
/// An exchange takes the time of the copies, allocates nothing after warm-up and never waits for the disk unless its
/// batch must be durable. Without durability a kill of the process loses what the log's thread has not yet written,
/// some milliseconds; a loss of power what was not yet synced.
/// </remarks>
public sealed class EmbeddedWindowStore : IWindowStore, IStateMaintenance
{
    private readonly EmbeddedOptions _options;
    private readonly LoggedBlobs _blobs;
    private readonly BlobCompaction _compaction;
    private readonly StateFolder? _folder;
    private readonly HistoryNotes _history;
    private readonly Windows.ImagePool? _images;
    private int _isDisposed;

    private EmbeddedWindowStore(EmbeddedOptions options, ShardedBlobs blobs, StateFolder? folder)
    {
        _options = options;
        _folder = folder;
        _blobs = folder?.Blobs ?? new LoggedBlobs(blobs, log: null, options.Time);
        _compaction = new BlobCompaction(_blobs, options);
        _images = options.ImageBytes == 0 ? null : new Windows.ImagePool(options.ImageBytes);
        _history = folder?.History ?? new HistoryNotes(folder: null, [], options.Time);
    }

    /// <inheritdoc/>
    public ICompactionListener? CompactionListener
    {
        get => _compaction.Listener;
        set => _compaction.Listener = value;
    }

    /// <summary>How the store fares. Takes each shard's gate once: for metrics, not for each request.</summary>
    public EmbeddedStatus Status
    {
        get
        {
            (long blobs, long bytes, long native) = _blobs.Blobs.Totals();
            StoreCounters counters = _blobs.Counters;
            EmbeddedStatus status = new()
            {
                Blobs = blobs,
                BlobBytes = bytes,
                NativeBytes = native,
                ImageBytes = _images?.BytesUsed ?? 0,
                Compactions = Volatile.Read(ref counters.Compactions),
                CompactionsDropped = _compaction.Dropped,
                CompactionFaults = Volatile.Read(ref counters.CompactionFaults),
                Expired = Volatile.Read(ref counters.Expired),
                AppendsLost = Volatile.Read(ref counters.AppendsLost),
                AppendsTooMany = Volatile.Read(ref counters.AppendsTooMany),
                BlobsDamaged = Volatile.Read(ref counters.BlobsDamaged),
            };
            return _folder?.Describe(status) ?? status;
        }
    }

#pragma warning disable CA2000 // The store owns the blobs and disposes them; a folder that does not open does.
    /// <summary>Makes a store without files: a restart begins empty.</summary>
    public static EmbeddedWindowStore OpenMemory(EmbeddedOptions options)
    {
        options.Validate();
        return new EmbeddedWindowStore(options, ShardedBlobs.Create(options), folder: null);
    }

    /// <summary>Opens a folder, made where it is absent, and reads what it holds.</summary>
    /// <exception cref="FolderHeldException">Another store holds it.</exception>
    /// <exception cref="Data.InputException">
    /// It is damaged: each place is named; <see cref="EmbeddedOptions.Repair"/> opens it.
    /// </exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static EmbeddedWindowStore Open(string folder, EmbeddedOptions options)
    {
        options.Validate();
        ShardedBlobs blobs = ShardedBlobs.Create(options);
        return new EmbeddedWindowStore(options, blobs, StateFolder.Open(folder, blobs, options));
    }
#pragma warning restore CA2000

    /// <inheritdoc/>
    public void Use(IBlobCompactor compactor) => _compaction.Use(compactor);

    /// <inheritdoc/>
    public void RequestCompaction(in StateKey key, ulong schema) => _compaction.Request(key, schema);

    /// <inheritdoc/>
    /// <remarks>Its files are checked when they are read: here it is counted, and the entity stays flagged.</remarks>
    public void ReportDamage(in StateKey key, ReadOnlySpan<byte> blob) =>
        _ = Interlocked.Increment(ref _blobs.Counters.BlobsDamaged);

    /// <inheritdoc/>
    [Data.HotPath]
    public ValueTask ExchangeAsync(StateBatch batch, CancellationToken cancellation)
    {
        batch.Images = _images;
        bool isRefused = batch.MustBeDurable && _blobs.Log is { IsFailing: true };
        long now = _blobs.NowMs();
        ulong last = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            if (isRefused && batch.Accesses[i].RecordLength > 0)
            {
                // Known to fail: refused before anything is read or changed.
                _ = batch.Answer(i, 0);
                batch.Accesses[i].Outcome = StateOutcome.Unavailable;
            }
            else
            {
                last = Math.Max(last, Exchange(batch, i, now));
            }
        }

        return batch.MustBeDurable && last > 0 ? WaitForSyncAsync(batch, last, cancellation) : default;
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadAsync(StateKey key, CancellationToken cancellation)
    {
        StateShard shard = _blobs.Blobs.Of(key);
        shard.Gate.Enter();
        try
        {
            int entry = shard.IsClosed ? BlobTable.Absent : shard.Table.Find(key);
            bool isThere = entry >= 0 && !LoggedBlobs.IsExpired(shard.Table.EntryAt(entry), _blobs.NowMs());
            return new ValueTask<byte[]>(isThere ? shard.Table.BlobAt(entry).ToArray() : []);
        }
        finally
        {
            shard.Gate.Exit();
        }
    }

    /// <inheritdoc/>
    public Task<StateVerification> VerifyAsync(IProgress<double>? progress, CancellationToken cancellation)
    {
        if (_folder is not null)
        {
            return EmbeddedFolder.VerifyAsync(_folder.Path, isLive: true, progress, cancellation);
        }

        (long blobs, long bytes, _) = _blobs.Blobs.Totals();
        return Task.FromResult(new StateVerification(blobs, bytes, ImmutableArray<string>.Empty));
    }

    /// <inheritdoc/>
    public Task<long> CompactAsync(IProgress<double>? progress, CancellationToken cancellation) =>
        Task.Run(() => _compaction.FoldAllAsync(progress, cancellation), cancellation);

    /// <inheritdoc/>
    public async ValueTask PrependAsync(
        StateKey key, ReadOnlyMemory<byte> blob, long lifetimeMs, CancellationToken cancellation)
    {
        while (!BlobPrepending.TryPrepend(_blobs, key, blob.Span, lifetimeMs))
        {
            await _compaction.RoomInLogAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_blobs.Log is not null)
        {
            await _compaction.RoomInLogAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    public ValueTask<LogHistory?> HistoryOfAsync(ulong log, CancellationToken cancellation) => new(_history.Of(log));

    /// <inheritdoc/>
    public ValueTask<LogHistory> NoteHistoryAsync(ulong log, LogHistory history, CancellationToken cancellation) =>
        new(_history.Note(log, history));

    /// <inheritdoc/>
    public ValueTask ForgetHistoryAsync(ulong log, CancellationToken cancellation)
    {
        _history.Forget(log);
        return default;
    }

    /// <summary>
    /// Ends the store: what is logged is written, a last snapshot and the mark of a clean stop are left, as far as the
    /// disk lets it. Accesses from now on are answered as unavailable.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _compaction.Dispose();
            _folder?.Close();
            _blobs.Blobs.Dispose();
        }

        return default;
    }

    /// <summary>Drops the blobs that have expired, as the sweep does from time to time.</summary>
    internal void Sweep() => _compaction.Sweep();

    /// <summary>Writes a snapshot, as is done from time to time.</summary>
    internal void WriteSnapshot() => _folder!.Snapshots.Write(CancellationToken.None);

    [Data.HotPath]
    private ulong Exchange(StateBatch batch, int access, long now)
    {
        ref StateAccess asked = ref batch.Accesses[access];
        StateShard shard = _blobs.Blobs.Of(asked.Key);
        ulong sequence = 0;
        bool isLong = false;
        shard.Gate.Enter();
        try
        {
            int entry = BlobTable.Absent;
            asked.Outcome = shard.IsClosed
                ? StateOutcome.Unavailable
                : Read(batch, access, shard.Table, now, out entry);
            asked.After = asked.StateLength;
            if (asked.Outcome == StateOutcome.Read && asked.RecordLength > 0)
            {
                asked.Outcome = Append(
                    ref asked, batch.RecordOf(access), shard.Table, entry, now, out isLong, out sequence);
            }
        }
        finally
        {
            shard.Gate.Exit();
        }

        if (asked.Outcome != StateOutcome.Read || isLong)
        {
            FollowUp(asked);
        }

        return sequence;
    }

    [Data.HotPath]
    private StateOutcome Read(StateBatch batch, int access, BlobTable table, long now, out int entry)
    {
        ref StateAccess asked = ref batch.Accesses[access];
        asked.Epoch = 0;
        entry = table.Find(asked.Key);
        if (entry >= 0 && LoggedBlobs.IsExpired(table.EntryAt(entry), now))
        {
            if (!_blobs.TryExpire(table, entry, asked.Key))
            {
                _ = batch.Answer(access, 0);
                return StateOutcome.Lost;
            }

            entry = BlobTable.Absent;
        }

        ReadOnlySpan<byte> blob = entry < 0 ? default : table.BlobAt(entry);
        if (blob.Length > 0 && !BlobHeader.Fits(blob, asked.Schema, asked.Key.Check))
        {
            _ = batch.Answer(access, 0);
            return StateOutcome.Damaged;
        }

        blob.CopyTo(batch.Answer(access, blob.Length));
        asked.Epoch = blob.Length > 0 ? BlobHeader.EpochOf(blob) : 0;
        return StateOutcome.Read;
    }

    [Data.HotPath]
    private StateOutcome Append(
        ref StateAccess asked,
        ReadOnlySpan<byte> record,
        BlobTable table,
        int entry,
        long now,
        out bool isLong,
        out ulong sequence)
    {
        sequence = 0;
        int length = entry < 0 ? BlobHeader.Size : asked.StateLength;
        int tail = entry < 0 ? 0 : table.AppendedAt(entry);
        isLong = tail + record.Length > _options.TailBytesMax / 2;
        if (tail + record.Length > _options.TailBytesMax || length + record.Length > BlobHeader.BlobBytesMax)
        {
            return StateOutcome.TooMany;
        }

        uint expires = LoggedBlobs.ExpiryOf(now, asked.LifetimeMs);
        LogEntry change = new(LogKind.Append, asked.Key, asked.Schema, expires, 0);
        if (!_blobs.TryAppend(table, entry, change, record, out sequence))
        {
            return StateOutcome.Lost;
        }

        asked.After = length + record.Length;
        return StateOutcome.Read;
    }

    // The seldom end of an exchange: counts what was refused, and asks for a folding before the bound is met.
    private void FollowUp(in StateAccess asked)
    {
        StoreCounters counters = _blobs.Counters;
        switch (asked.Outcome)
        {
            case StateOutcome.Lost:
                _ = Interlocked.Increment(ref counters.AppendsLost);
                break;
            case StateOutcome.Damaged:
                _ = Interlocked.Increment(ref counters.BlobsDamaged);
                break;
            case StateOutcome.TooMany:
                _ = Interlocked.Increment(ref counters.AppendsTooMany);
                break;
            default:
                break;
        }

        if (asked.Outcome is StateOutcome.Read or StateOutcome.TooMany && asked.RecordLength > 0)
        {
            _compaction.Request(asked.Key, asked.Schema);
        }
    }

    private async ValueTask WaitForSyncAsync(StateBatch batch, ulong last, CancellationToken cancellation)
    {
        bool isDurable;
        try
        {
            isDurable = await _blobs.Log!.WhenSyncedAsync(last).WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            isDurable = false;
        }

        for (int i = 0; i < batch.Count && !isDurable; i++)
        {
            if (batch.Accesses[i] is { RecordLength: > 0, Outcome: StateOutcome.Read })
            {
                batch.Accesses[i].Outcome = StateOutcome.Unavailable;
            }
        }
    }
}
