using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>
/// Puts copies of damaged blobs aside and makes room for good ones (hardening.md 102): behind the answer, one at a time
/// for a key, a bounded number in all. Safe for use by several threads.
/// </summary>
internal sealed class RedisQuarantine(RedisLink link, RedisStoreOptions options)
{
    // Greatest value of another type that is copied.
    private const long CopyBytesMax = 16 << 20;

    // Keys that are being put aside, with the appends that wait for it.
    private readonly ConcurrentDictionary<StateKey, ConcurrentQueue<RedisAccess>> _running = new();
    private int _copies;

    /// <summary>Whether a blob is of a format that a later version may have written: it is left alone.</summary>
    public static bool IsNewer(ReadOnlySpan<byte> blob) =>
        blob.Length >= 4 && blob[0] is > BlobHeader.FormatVersion and <= 16 && blob[1..4].IndexOfAnyExcept((byte)0) < 0;

    /// <summary>
    /// Puts the blob of an access aside; its append, if it holds a place in the queue, follows behind it.
    /// </summary>
    public void Start(RedisAccess access, bool requeue)
    {
        ConcurrentQueue<RedisAccess> fresh = new();
        ConcurrentQueue<RedisAccess> waiting = _running.GetOrAdd(access.Key, fresh);
        if (requeue)
        {
            waiting.Enqueue(access);
        }

        if (ReferenceEquals(fresh, waiting))
        {
            _ = Task.Run(() => RunAsync(access, waiting));
        }
    }

    /// <summary>
    /// Puts a blob aside whose header is good and whose content is not; what was appended behind it stays, behind a new
    /// header.
    /// </summary>
    public void Start(StateKey key, ReadOnlySpan<byte> blob)
    {
        ConcurrentQueue<RedisAccess> waiting = new();
        if (_running.TryAdd(key, waiting))
        {
            byte[] damaged = blob.ToArray();
            _ = Task.Run(() => RunAsync(key, damaged, waiting));
        }
    }

    /// <summary>Whether a key's blob is being put aside.</summary>
    public bool IsRunning(in StateKey key) => _running.ContainsKey(key);

    private async Task RunAsync(RedisAccess access, ConcurrentQueue<RedisAccess> waiting)
    {
        try
        {
            if (await IsMixedUpAsync(access))
            {
                await link.DropAsync(access.Address, $"{access.Key}: an answer of another key came");
            }
            else if (Interlocked.Increment(ref _copies) <= options.QuarantineMax
                && await CopyAsync(access.Address, link.Keys.QuarantineOf(access.Key)))
            {
                link.Status.CountQuarantined();
                link.Status.Notice($"{access.Key}: a damaged blob was put aside");
                await RedisScripts.DiscardAsync(link.Database, access.Address, access.Schema, access.Key.Check);
            }
        }
        catch (Exception error) when (RedisErrors.IsExpected(error))
        {
            link.Status.Notice($"{access.Key}: a damaged blob could not be put aside: {error.Message}");
        }

        End(access.Key, waiting);
    }

    // What stands there is good: the answer was that of another key, and every later one on its link may be (105).
    private async Task<bool> IsMixedUpAsync(RedisAccess access)
    {
        IDatabase database = link.Database;
        if (await database.KeyTypeAsync(access.Address, CommandFlags.DemandMaster) != RedisType.String
            || await database.StringLengthAsync(access.Address, CommandFlags.DemandMaster) > BlobHeader.BlobBytesMax)
        {
            return false;
        }

        RedisValue head = await database.StringGetRangeAsync(
            access.Address, 0, BlobHeader.Size - 1, CommandFlags.DemandMaster);
        return BlobHeader.Fits(((ReadOnlyMemory<byte>)head).Span, access.Schema, access.Key.Check);
    }

    private async Task RunAsync(StateKey key, byte[] damaged, ConcurrentQueue<RedisAccess> waiting)
    {
        try
        {
            if (Interlocked.Increment(ref _copies) <= options.QuarantineMax && await link.Database.StringSetAsync(
                link.Keys.QuarantineOf(key), damaged, options.QuarantineLifetime, When.Always))
            {
                link.Status.CountQuarantined();
                link.Status.Notice($"{key}: a blob with damaged content was put aside");
                byte[] header = new byte[BlobHeader.Size];
                BlobHeader.Write(header, 0, BlobHeader.SchemaOf(damaged), key.Check);
                await RedisScripts.CompactAsync(link.Database, link.Keys.Of(key), damaged, header);
            }
        }
        catch (Exception error) when (RedisErrors.IsExpected(error))
        {
            link.Status.Notice($"{key}: a damaged blob could not be put aside: {error.Message}");
        }

        End(key, waiting);
    }

    private void End(in StateKey key, ConcurrentQueue<RedisAccess> waiting)
    {
        _running.TryRemove(key, out _);
        while (waiting.TryDequeue(out RedisAccess? append))
        {
            append.WasSent = false;
            append.Done = Task.CompletedTask;
            append.Lane.Enqueue(append);
        }
    }

    private async Task<bool> CopyAsync(RedisKey from, RedisKey to)
    {
        IDatabase database = link.Database;
        RedisType type = await database.KeyTypeAsync(from, CommandFlags.DemandMaster);
        if (type == RedisType.String)
        {
            RedisValue head = await database.StringGetRangeAsync(
                from, 0, BlobHeader.BlobBytesMax, CommandFlags.DemandMaster);
            return await database.StringSetAsync(to, head, options.QuarantineLifetime, When.Always);
        }

        long size = (long?)await database.ExecuteAsync("MEMORY", "USAGE", from) ?? 0;
        if (size > CopyBytesMax || await database.KeyDumpAsync(from, CommandFlags.DemandMaster) is not { } dump)
        {
            return false;
        }

        await database.KeyDeleteAsync(to);
        await database.KeyRestoreAsync(to, dump, options.QuarantineLifetime);
        return true;
    }
}
