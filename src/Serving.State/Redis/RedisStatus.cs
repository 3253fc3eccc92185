using System.Collections.Immutable;
using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>What a Redis window store counts, and how it stands. Safe for use by several threads.</summary>
public sealed class RedisStatus
{
    private static readonly RedisErrorKind[] s_kinds = Enum.GetValues<RedisErrorKind>();

    private readonly long[] _errors = new long[s_kinds.Length];
    private ImmutableArray<string> _warnings = [];
    private long _timeouts;
    private long _connectionFailures;
    private long _connectionsRestored;
    private long _opened;
    private long _drained;
    private long _lost;
    private long _tooMany;
    private long _queued;
    private long _damaged;
    private long _quarantined;
    private long _compacted;
    private long _compactionsLost;
    private long _stateLost;
    private long _gaps;
    private long _mixedUp;
    private long _heartbeats;

    /// <summary>Is told of what an operator should know, once for each happening. Called by any thread.</summary>
    public Action<string>? Noticed { get; set; }

    /// <summary>Whether no node is held for unreachable.</summary>
    public bool IsClosed => Volatile.Read(ref OpenLanes) == 0;

    /// <summary>Appends that wait for Redis now, those of running exchanges among them.</summary>
    public long Waiting => Interlocked.Read(ref Reserved);

    /// <summary>Exchanges' accesses that were not answered within the budget.</summary>
    public long Timeouts => Interlocked.Read(ref _timeouts);

    /// <summary>Links that broke.</summary>
    public long ConnectionFailures => Interlocked.Read(ref _connectionFailures);

    /// <summary>Links that were made again.</summary>
    public long ConnectionsRestored => Interlocked.Read(ref _connectionsRestored);

    /// <summary>How often a node was held for unreachable.</summary>
    public long Opened => Interlocked.Read(ref _opened);

    /// <summary>Appends that were queued.</summary>
    public long Queued => Interlocked.Read(ref _queued);

    /// <summary>Queued appends that Redis has taken since.</summary>
    public long Drained => Interlocked.Read(ref _drained);

    /// <summary>Appends that were lost: the queue was full, or Redis refused them for ever.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Appends that were refused because the entity has too many events.</summary>
    public long TooMany => Interlocked.Read(ref _tooMany);

    /// <summary>Accesses that found a blob damaged, foreign, too long, of another type or of a newer format.</summary>
    public long Damaged => Interlocked.Read(ref _damaged);

    /// <summary>Copies of such blobs that were put aside.</summary>
    public long Quarantined => Interlocked.Read(ref _quarantined);

    /// <summary>Blobs that this store replaced by their compaction.</summary>
    public long Compacted => Interlocked.Read(ref _compacted);

    /// <summary>Compactions that another one overtook, which did nothing.</summary>
    public long CompactionsLost => Interlocked.Read(ref _compactionsLost);

    /// <summary>How often the birth mark of a feature set had vanished: its state is lost, not new.</summary>
    public long StateLost => Interlocked.Read(ref _stateLost);

    /// <summary>
    /// How often a blob had lost records that Redis had confirmed to this process: a failover, or somebody removed it.
    /// </summary>
    public long Gaps => Interlocked.Read(ref _gaps);

    /// <summary>How often a link was closed because an answer belonged to another key.</summary>
    public long MixedUp => Interlocked.Read(ref _mixedUp);

    /// <summary>Heartbeats that every node answered.</summary>
    public long Heartbeats => Interlocked.Read(ref _heartbeats);

    /// <summary>What is wrong with the server's settings; empty when all is well.</summary>
    public ImmutableArray<string> Warnings => _warnings;

    // Lanes that are open; appends that hold a place in the queue. The lanes and the queue's bound write them.
    internal int OpenLanes;
    internal long Reserved;

    /// <summary>Errors that the server answered, by Redis's own code; codes that never came are left out.</summary>
    public ImmutableSortedDictionary<string, long> ErrorsByCode() => s_kinds
        .Select((kind, place) => (Code: RedisErrors.CodeOf(kind), Count: Interlocked.Read(ref _errors[place])))
        .Where(pair => pair.Count > 0)
        .GroupBy(pair => pair.Code, pair => pair.Count)
        .ToImmutableSortedDictionary(group => group.Key, group => group.Sum(), StringComparer.Ordinal);

    internal void CountHeartbeat() => Interlocked.Increment(ref _heartbeats);

    internal void CountTimeout() => Interlocked.Increment(ref _timeouts);

    internal void CountQueued(int records) => Interlocked.Add(ref _queued, records);

    internal void CountDrained(int records) => Interlocked.Add(ref _drained, records);

    internal void CountLost(int records) => Interlocked.Add(ref _lost, records);

    internal void CountTooMany(int records) => Interlocked.Add(ref _tooMany, records);

    internal void CountDamaged() => Interlocked.Increment(ref _damaged);

    internal void CountQuarantined() => Interlocked.Increment(ref _quarantined);

    internal void CountCompaction(bool won) => Interlocked.Increment(ref won ? ref _compacted : ref _compactionsLost);

    internal void CountError(RedisErrorKind kind) =>
        Interlocked.Increment(ref _errors[Math.Max(0, Array.IndexOf(s_kinds, kind))]);

    internal void OnLink(bool restored, string node)
    {
        Interlocked.Increment(ref restored ? ref _connectionsRestored : ref _connectionFailures);
        Notice(restored ? $"{node}: connected again" : $"{node}: the link is gone");
    }

    internal void OnLane(bool open, string node)
    {
        if (open)
        {
            Interlocked.Increment(ref _opened);
        }

        Interlocked.Add(ref OpenLanes, open ? 1 : -1);
        Notice(open ? $"{node} does not answer: events are queued" : $"{node} answers again");
    }

    internal void OnStateLost(string what)
    {
        Interlocked.Increment(ref _stateLost);
        Notice(what);
    }

    // A failover loses something of many keys at once: the first is told, then every time that their number doubled.
    internal void OnGap(in StateKey key, int bytes)
    {
        long count = Interlocked.Increment(ref _gaps);
        if (long.IsPow2(count))
        {
            string what = bytes < 0 ? "an earlier state is back" : $"{bytes} bytes are gone";
            Notice($"{key}: {what} that Redis had confirmed; {count} such gaps since the start");
        }
    }

    internal void OnMixedUp(string what)
    {
        Interlocked.Increment(ref _mixedUp);
        Notice($"{what}: the link is closed");
    }

    internal void Warn(string warning)
    {
        if (ImmutableInterlocked.Update(
            ref _warnings, static (list, one) => list.Contains(one) ? list : list.Add(one), warning))
        {
            Notice(warning);
        }
    }

    internal void Notice(string what) => Noticed?.Invoke(what);
}
