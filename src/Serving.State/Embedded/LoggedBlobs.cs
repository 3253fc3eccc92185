namespace Serving.State.Embedded;

/// <summary>
/// The blobs and their log: a change is logged and then made, both behind the gate of its shard, so that the log has
/// the changes of a blob in their order, and nothing changes that the log did not take. Safe for use by several threads
/// that hold the shard's gate.
/// </summary>
internal sealed class LoggedBlobs(ShardedBlobs blobs, StateLog? log, TimeProvider time)
{
    /// <summary>The blobs.</summary>
    public ShardedBlobs Blobs { get; } = blobs;

    /// <summary>The log; null without a folder.</summary>
    public StateLog? Log { get; } = log;

    /// <summary>What happened so far.</summary>
    public StoreCounters Counters { get; } = new();

    /// <summary>Milliseconds of the Unix epoch.</summary>
    public long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The second, rounded up, at which a blob that is appended to now is gone; 0: never.</summary>
    public static uint ExpiryOf(long nowMs, long lifetimeMs) =>
        lifetimeMs <= 0 ? 0 : (uint)Math.Clamp((nowMs + lifetimeMs + 999) / 1000, 1, uint.MaxValue);

    /// <summary>Whether a blob is gone.</summary>
    public static bool IsExpired(in BlobEntry entry, long nowMs) =>
        entry.Expires != 0 && (long)entry.Expires * 1000 <= nowMs;

    /// <summary>Appends to a blob, or makes it where entry is negative; false where the log has no room.</summary>
    [Data.HotPath]
    public bool TryAppend(
        BlobTable table, int entry, in LogEntry change, ReadOnlySpan<byte> record, out ulong sequence)
    {
        sequence = 0;
        if (Log is not null && (sequence = Log.TryAppend(change, record)) == 0)
        {
            return false;
        }

        if (entry < 0)
        {
            entry = table.Create(change.Key, change.Schema, record);
        }
        else
        {
            table.AppendAt(entry, record);
        }

        Mark(table, entry, sequence, change.Expires);
        return true;
    }

    /// <summary>Puts a blob in the place of a key's; false where the log has no room.</summary>
    public bool TryPut(BlobTable table, in StateKey key, ReadOnlySpan<byte> blob, int folded, uint expires)
    {
        LogEntry change = new(LogKind.Put, key, BlobHeader.SchemaOf(blob), expires, folded);
        ulong sequence = 0;
        if (Log is not null && (sequence = Log.TryAppend(change, blob)) == 0)
        {
            return false;
        }

        Mark(table, table.Replace(key, blob, folded), sequence, expires);
        return true;
    }

    /// <summary>Removes a blob that expired; false where the log has no room.</summary>
    public bool TryExpire(BlobTable table, int entry, in StateKey key)
    {
        LogEntry change = new(LogKind.Remove, key, 0, 0, 0);
        if (Log is not null && Log.TryAppend(change, default) == 0)
        {
            return false;
        }

        table.RemoveAt(entry);
        _ = Interlocked.Increment(ref Counters.Expired);
        return true;
    }

    private static void Mark(BlobTable table, int entry, ulong sequence, uint expires)
    {
        ref BlobEntry marked = ref table.EntryAt(entry);
        marked.Stamp = sequence;
        marked.Expires = expires;
    }
}
