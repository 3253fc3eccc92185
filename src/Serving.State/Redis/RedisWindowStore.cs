using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>
/// Keeps windows' state in Redis 6.2 or later, Valkey, or a cluster of them: every exchange is one pipelined trip of
/// <c>MULTI; GETRANGE; SETNX; APPEND; PEXPIRE; EXEC</c>, answered within a time budget. Safe for use by several
/// threads, and by several processes on one server.
/// </summary>
public sealed class RedisWindowStore : IWindowStore, IStateMaintenance
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly RedisStoreOptions _options;
    private readonly RedisLink _link;
    private readonly RedisQuarantine _quarantine;
    private readonly RedisCompaction _compaction;
    private readonly RedisBirths _births;
    private readonly RedisMaintenance _maintenance;
    private readonly RedisServerCheck _check;
    private readonly RedisLengths _lengths;
    private readonly RedisHistory _history;
    private readonly RedisExchange _exchange;
    private int _disposed;

    private RedisWindowStore(RedisStoreOptions options, RedisLink link)
    {
        _options = options;
        _link = link;
        _quarantine = new RedisQuarantine(link, options);
        _compaction = new RedisCompaction(link);
        _births = new RedisBirths(link);
        _maintenance = new RedisMaintenance(link, _compaction, options);
        _check = new RedisServerCheck(link);
        _history = new RedisHistory(link);
        _lengths = new RedisLengths(link.Time);
        _exchange = new RedisExchange(link, options, _births, _lengths, _compaction, _quarantine);
        link.OnRefused = OnRefused;
        link.OnHeartbeat = OnHeartbeatAsync;
    }

    /// <summary>What it counts, and how it stands.</summary>
    public RedisStatus Status => _link.Status;

    /// <summary>Whether every part of the keys has a server that is linked now.</summary>
    public bool IsReachable => _link.ReachesAll();

    /// <inheritdoc/>
    public ICompactionListener? CompactionListener
    {
        get => _compaction.Listener;
        set => _compaction.Listener = value;
    }

    private string Place => "Redis at " + string.Join(", ", _options.Endpoints);

    /// <summary>
    /// Connects. A server that is down is no error: the store answers "unavailable", queues appends, and connects when
    /// the server comes.
    /// </summary>
    /// <param name="options">How the servers are reached.</param>
    /// <param name="noticed">Is told of what an operator should know, from the start on.</param>
    public static async Task<RedisWindowStore> ConnectAsync(RedisStoreOptions options, Action<string>? noticed = null)
    {
        RedisStatus status = new() { Noticed = noticed };
#pragma warning disable CA2000 // The store owns its link, and ends with it.
        RedisWindowStore store = new(options, await RedisLink.ConnectAsync(options, status));
#pragma warning restore CA2000
        await store._check.CheckAsync();
        store._link.Start();
        return store;
    }

    /// <inheritdoc cref="IWindowStore.Use"/>
    public void Use(IBlobCompactor compactor) => _compaction.Use(compactor);

    /// <inheritdoc/>
    public ValueTask ExchangeAsync(StateBatch batch, CancellationToken cancellation) =>
        batch.Count == 0 ? ValueTask.CompletedTask : new ValueTask(_exchange.RunAsync(batch, cancellation));

    /// <inheritdoc/>
    public void RequestCompaction(in StateKey key, ulong schema) => _compaction.Request(key, schema);

    /// <inheritdoc/>
    public void ReportDamage(in StateKey key, ReadOnlySpan<byte> blob)
    {
        _link.Status.CountDamaged();
        _lengths.Forget(key);
        _quarantine.Start(key, blob);
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> ReadAsync(StateKey key, CancellationToken cancellation) =>
        await MaintainAsync(() => _maintenance.ReadAsync(key, cancellation).AsTask());

    /// <inheritdoc/>
    public Task<StateVerification> VerifyAsync(IProgress<double>? progress, CancellationToken cancellation) =>
        MaintainAsync(() => _maintenance.VerifyAsync(progress, cancellation));

    /// <inheritdoc/>
    public Task<long> CompactAsync(IProgress<double>? progress, CancellationToken cancellation) =>
        MaintainAsync(() => _maintenance.CompactAsync(progress, cancellation));

    /// <inheritdoc/>
    public async ValueTask PrependAsync(
        StateKey key, ReadOnlyMemory<byte> blob, long lifetimeMs, CancellationToken cancellation)
    {
        _births.See(key.Set);
        await MaintainAsync(async () =>
        {
            await _maintenance.PrependAsync(key, blob, lifetimeMs, cancellation);
            return true;
        });
    }

    /// <inheritdoc/>
    public ValueTask<LogHistory?> HistoryOfAsync(ulong log, CancellationToken cancellation) =>
        _history.ReadAsync(log, cancellation);

    /// <inheritdoc/>
    public ValueTask<LogHistory> NoteHistoryAsync(ulong log, LogHistory history, CancellationToken cancellation) =>
        _history.NoteAsync(log, history, cancellation);

    /// <inheritdoc/>
    public ValueTask ForgetHistoryAsync(ulong log, CancellationToken cancellation) =>
        _history.ForgetAsync(log, cancellation);

    /// <summary>
    /// Waits until no append is queued or under way. What Redis has is as durable as its <c>appendfsync</c> makes it.
    /// </summary>
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        while (_link.Status.Waiting > 0)
        {
            await Task.Delay(s_pause, _link.Time, cancellation);
        }
    }

    /// <summary>Waits for the queue as long as the options say; what is left then is lost, and counted.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        using CancellationTokenSource limit = new(_options.StopLimit, _link.Time);
        try
        {
            await FlushAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _link.Status.Notice("the store ends before its queue was empty");
        }

        await _compaction.DisposeAsync();
        await _link.DisposeAsync();
    }

    // A request is answered without state when Redis is away; who verifies, folds or fills a store must hear of it, and
    // must not take the part that answers for the whole.
    private async Task<T> MaintainAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return _link.ReachesAll()
                ? await work()
                : throw new IOException($"{Place} does not answer, or not all of it");
        }
        catch (Exception error) when (error is RedisException or RedisTimeoutException)
        {
            throw new IOException($"{Place}: {error.Message}", error);
        }
    }

    private bool OnRefused(RedisAccess access, RedisErrorKind kind)
    {
        _link.Status.CountError(kind);
        access.WasDiscarded = kind == RedisErrorKind.ExecAbort || access.WasDiscarded;
        if (kind == RedisErrorKind.WrongType && !_quarantine.IsRunning(access.Key))
        {
            _quarantine.Start(access, requeue: false);
        }

        return RedisErrors.IsWorthRepeating(kind);
    }

    private async Task OnHeartbeatAsync(CancellationToken stop)
    {
        await _check.CheckAsync();
        if (!stop.IsCancellationRequested)
        {
            await _births.CheckAsync();
            _link.Status.CountHeartbeat();
        }
    }
}
