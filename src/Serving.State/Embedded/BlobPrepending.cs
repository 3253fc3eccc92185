using Serving.Data;

namespace Serving.State.Embedded;

/// <summary>Puts the records of a history in front of a key's own.</summary>
internal static class BlobPrepending
{
    /// <summary>Puts a blob in front; false where the log has no room just now.</summary>
    /// <exception cref="InputException">
    /// It is no blob of the key, or the key's own is of another log, or was folded: nothing can stand in front of
    /// tiles.
    /// </exception>
    public static bool TryPrepend(LoggedBlobs blobs, in StateKey key, ReadOnlySpan<byte> blob, long lifetimeMs)
    {
        if (blob.Length < BlobHeader.Size || !BlobHeader.Fits(blob, BlobHeader.SchemaOf(blob), key.Check))
        {
            throw Refused(key, "no blob of this key", "a header that names it");
        }

        long now = blobs.NowMs();
        uint expires = LoggedBlobs.ExpiryOf(now, lifetimeMs);
        StateShard shard = blobs.Blobs.Of(key);
        shard.Gate.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(shard.IsClosed, typeof(EmbeddedWindowStore));
            int entry = shard.Table.Find(key);
            if (entry < 0 || LoggedBlobs.IsExpired(shard.Table.EntryAt(entry), now))
            {
                return blobs.TryPut(shard.Table, key, blob, blob.Length, expires);
            }

            ReadOnlySpan<byte> own = shard.Table.BlobAt(entry);
            return IsThere(key, blob, own)
                || blobs.TryPut(
                    shard.Table, key, Joined(blob, own), blob.Length, shard.Table.EntryAt(entry).Expires);
        }
        finally
        {
            shard.Gate.Exit();
        }
    }

    // Whether an interrupted run has already put it there.
    private static bool IsThere(in StateKey key, ReadOnlySpan<byte> blob, ReadOnlySpan<byte> own)
    {
        if (!BlobHeader.Fits(own, BlobHeader.SchemaOf(blob), key.Check))
        {
            throw Refused(key, "a blob of another log", "one of the same schema");
        }

        if (own[BlobHeader.Size..].StartsWith(blob[BlobHeader.Size..]))
        {
            return true;
        }

        return BlobHeader.EpochOf(own) == 0
            ? false
            : throw Refused(key, "a blob that was folded already", "one of raw records alone");
    }

    private static byte[] Joined(ReadOnlySpan<byte> blob, ReadOnlySpan<byte> own)
    {
        if (blob.Length + own.Length - BlobHeader.Size > BlobHeader.BlobBytesMax)
        {
            throw new InputException(new InputProblem(
                "a blob", $"{blob.Length + own.Length} bytes", $"at most {BlobHeader.BlobBytesMax}"));
        }

        byte[] joined = [.. blob, .. own[BlobHeader.Size..]];
        BlobHeader.Write(
            joined, BlobHeader.EpochOf(blob) + 1, BlobHeader.SchemaOf(blob), BlobHeader.CheckOf(blob));
        return joined;
    }

    private static InputException Refused(in StateKey key, string found, string expected) =>
        new(new InputProblem($"key {key}", found, expected, "backfill before events are folded"));
}
