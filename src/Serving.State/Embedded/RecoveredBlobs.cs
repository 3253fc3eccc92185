namespace Serving.State.Embedded;

/// <summary>
/// Where recovery puts what it reads. A snapshot's blobs come by several threads at once, the entries of the log
/// afterwards and in order. With a key it keeps that one alone.
/// </summary>
/// <param name="blobs">The blobs; null only reads.</param>
/// <param name="only">The key that is wanted; null keeps all.</param>
internal sealed class RecoveredBlobs(ShardedBlobs? blobs, StateKey? only = null)
{
    /// <summary>Takes a blob of a snapshot.</summary>
    public void Put(in StateKey key, ulong stamp, uint expires, int folded, ReadOnlySpan<byte> blob)
    {
        if (!IsWanted(key))
        {
            return;
        }

        StateShard shard = blobs!.Of(key);
        shard.Gate.Enter();
        Mark(shard.Table, shard.Table.Replace(key, blob, folded), stamp, expires);
        shard.Gate.Exit();
    }

    /// <summary>
    /// Does again what an entry did, unless the blob already holds it; says what is wrong with it, or null.
    /// </summary>
    public string? Redo(in LogFrame frame)
    {
        LogEntry entry = frame.Entry;
        if (FaultOf(frame) is { } fault)
        {
            return fault;
        }

        if (entry.Kind == LogKind.Synced || !IsWanted(entry.Key))
        {
            return null;
        }

        BlobTable table = blobs!.Of(entry.Key).Table;
        int at = table.Find(entry.Key);
        if (at >= 0 && table.EntryAt(at).Stamp >= frame.Sequence)
        {
            return null;
        }

        switch (entry.Kind)
        {
            case LogKind.Append:
                int length = at < 0 ? BlobHeader.Size : table.EntryAt(at).Length;
                if (length + frame.Body.Length > BlobHeader.BlobBytesMax)
                {
                    return $"an append to a blob of {length} bytes";
                }

                Mark(table, table.Append(entry.Key, entry.Schema, frame.Body), frame.Sequence, entry.Expires);
                return null;
            case LogKind.Put:
                Mark(table, table.Replace(entry.Key, frame.Body, entry.Folded), frame.Sequence, entry.Expires);
                return null;
            default:
                _ = table.Remove(entry.Key);
                return null;
        }
    }

    // The checksum was right, so this is an entry of a later format or a fault of ours; either is told.
    private static string? FaultOf(in LogFrame frame) => frame.Entry.Kind switch
    {
        LogKind.Append when frame.Body.Length > 0 => null,
        LogKind.Put when frame.Body.Length is >= BlobHeader.Size and <= BlobHeader.BlobBytesMax => null,
        LogKind.Remove or LogKind.Synced when frame.Body.Length == 0 => null,
        _ => $"an entry of kind {(byte)frame.Entry.Kind} with {frame.Body.Length} bytes",
    };

    private static void Mark(BlobTable table, int at, ulong stamp, uint expires)
    {
        ref BlobEntry entry = ref table.EntryAt(at);
        entry.Stamp = stamp;
        entry.Expires = expires;
    }

    private bool IsWanted(in StateKey key) =>
        blobs is not null && (only is not { } one || (one.Set == key.Set && one.Digest == key.Digest));
}
