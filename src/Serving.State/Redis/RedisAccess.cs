using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>
/// One access on its way to Redis: a copy of what is sent, because an exchange that runs out of its budget leaves
/// while the library still holds the bytes. One owner at a time: the exchange, then the queue of its lane.
/// </summary>
internal sealed class RedisAccess
{
    private const CommandFlags Quiet = CommandFlags.FireAndForget | CommandFlags.DemandMaster;

    private readonly ReadOnlyMemory<byte> _header;
    private readonly ReadOnlyMemory<byte> _records;
    private readonly TimeSpan _lifetime;

    /// <summary>Makes the access of some places of a batch that share a key.</summary>
    public RedisAccess(RedisKeys keys, RedisLane lane, StateBatch batch, int[] places)
    {
        StateAccess first = batch.Accesses[places[0]];
        Key = first.Key;
        Schema = first.Schema;
        Lane = lane;
        Address = keys.Of(first.Key);
        Places = places;
        byte[] bytes = new byte[BlobHeader.Size + places.Sum(place => batch.Accesses[place].RecordLength)];
        BlobHeader.Write(bytes, 0, first.Schema, first.Key.Check);
        int end = BlobHeader.Size;
        long lifetime = 0;
        foreach (int place in places)
        {
            ReadOnlySpan<byte> record = batch.RecordOf(place);
            if (record.IsEmpty)
            {
                continue;
            }

            record.CopyTo(bytes.AsSpan(end));
            end += record.Length;
            Weight++;
            lifetime = batch.Accesses[place].LifetimeMs is > 0 and long own ? own : lifetime;
        }

        _lifetime = TimeSpan.FromMilliseconds(lifetime);
        _header = bytes.AsMemory(0, BlobHeader.Size);
        _records = bytes.AsMemory(BlobHeader.Size);
    }

    public StateKey Key { get; }

    public ulong Schema { get; }

    public RedisLane Lane { get; }

    public RedisKey Address { get; }

    /// <summary>Places of the batch that it answers, in their order.</summary>
    public int[] Places { get; }

    /// <summary>Number of records that it appends.</summary>
    public int Weight { get; }

    /// <summary>Whether it only reads for now, because the key was full (<see cref="RedisFullKeys"/>).</summary>
    public bool IsReadFirst { get; set; }

    /// <summary>Whether it appends.</summary>
    public bool Appends => Weight > 0 && !IsReadFirst;

    /// <summary>The header of a new blob.</summary>
    public ReadOnlySpan<byte> Header => _header.Span;

    /// <summary>Its records, one behind the other.</summary>
    public ReadOnlySpan<byte> Records => _records.Span;

    /// <summary>Whether it holds a place in the queue's bound.</summary>
    public bool HoldsPlace { get; set; }

    /// <summary>Whether it goes to the server: not answered otherwise, and not in the queue.</summary>
    public bool IsSent { get; set; }

    /// <summary>Whether it was sent before: it may have been carried out although nobody heard of it.</summary>
    public bool WasSent { get; set; }

    /// <summary>Whether the server is known to have carried it out.</summary>
    public bool IsDelivered => WasSent && Done.IsCompletedSuccessfully && Judge() == RedisErrorKind.None;

    /// <summary>Whether the server discarded its transaction, not saying why: a plain command asks.</summary>
    public bool WasDiscarded { get; set; }

    /// <summary>How often the server refused it after it was queued.</summary>
    public int Refusals { get; set; }

    /// <summary>Ends with the server's answer to the commands of this access (its transaction's, or its own).</summary>
    public Task Done { get; set; } = Task.CompletedTask;

    /// <summary>What a plain command was answered that asked why; null where none was sent.</summary>
    private Task<bool>? Asked { get; set; }

    /// <summary>The state before the append; null where it was not asked for.</summary>
    public Task<RedisValue>? State { get; private set; }

    /// <summary>The length behind the append; null where nothing is appended.</summary>
    public Task<long>? After { get; private set; }

    /// <summary>
    /// Sends the header alone, outside a transaction, where a transaction was discarded: the answer names the error,
    /// and the library learns of slots that moved. A blob of a header alone is as good as none.
    /// </summary>
    public void Ask(IDatabaseAsync database) => Asked = WasDiscarded && Appends
        ? database.StringSetAsync(Address, _header, when: When.NotExists, flags: CommandFlags.DemandMaster)
        : null;

    /// <summary>
    /// Puts the commands into a transaction or sends them. The read has a cap; the header comes before the record, so
    /// that an append never makes a blob without one.
    /// </summary>
    public void Write(IDatabaseAsync target, bool reads)
    {
        After = null;
        State = reads
            ? target.StringGetRangeAsync(Address, 0, BlobHeader.BlobBytesMax, CommandFlags.DemandMaster)
            : null;
        if (!Appends)
        {
            return;
        }

        _ = target.StringSetAsync(Address, _header, when: When.NotExists, flags: Quiet);
        After = target.StringAppendAsync(Address, _records, CommandFlags.DemandMaster);
        if (_lifetime > TimeSpan.Zero)
        {
            _ = target.KeyExpireAsync(Address, _lifetime, Quiet);
        }
    }

    /// <summary>What the server answered: None where all is well.</summary>
    public RedisErrorKind Judge()
    {
        RedisErrorKind kind = Done.IsCompletedSuccessfully ? Failure(State) : RedisErrors.KindOf(Done);
        kind = kind == RedisErrorKind.None ? Failure(After) : kind;

        // A transaction without conditions that ends without a result was discarded as well.
        kind = kind == RedisErrorKind.None && Done is Task<bool> { Result: false } ? RedisErrorKind.ExecAbort : kind;
        return kind == RedisErrorKind.ExecAbort && Asked is { IsFaulted: true } ? RedisErrors.KindOf(Asked) : kind;
    }

    /// <summary>Nobody looks at what may come any more.</summary>
    public void Forget()
    {
        RedisErrors.Forget(Done);
        RedisErrors.Forget(Asked);
        RedisErrors.Forget(State);
        RedisErrors.Forget(After);
    }

    private static RedisErrorKind Failure(Task? task) =>
        task is null or { IsCompletedSuccessfully: true } ? RedisErrorKind.None
        : task.IsFaulted ? RedisErrors.KindOf(task) : RedisErrorKind.Timeout;
}
