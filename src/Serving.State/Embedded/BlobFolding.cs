using System.Buffers;

namespace Serving.State.Embedded;

/// <summary>
/// Folds blobs: copies one behind the gate, compacts the copy, and puts the replacement in its place with the bytes
/// that were appended meanwhile behind it. The log gets the whole new blob: recovery knows no compactors, since it runs
/// before any script is read, and a blob is put the same way however often it is. One owner at a time.
/// </summary>
internal sealed class BlobFolding(LoggedBlobs blobs)
{
    private readonly ArrayBufferWriter<byte> _replacement = new(1 << 14);
    private byte[] _copy = new byte[1 << 14];

    /// <summary>What came of a folding: records, and the new epoch; 0 records where nothing was replaced.</summary>
    /// <param name="Records">Records folded or trimmed.</param>
    /// <param name="Epoch">The blob's epoch.</param>
    /// <param name="Read">Bytes that were folded.</param>
    /// <param name="IsLogFull">Whether it failed because the log has no room.</param>
    internal readonly record struct Result(int Records, uint Epoch, int Read, bool IsLogFull);

    /// <summary>Folds a key's blob.</summary>
    public Result Fold(in StateKey key, IBlobCompactor compactor)
    {
        // Step 1: the copy.
        StateShard shard = blobs.Blobs.Of(key);
        int length = Copy(shard, key);
        ReadOnlySpan<byte> copy = _copy.AsSpan(0, length);
        if (length == 0 || !BlobHeader.Fits(copy, compactor.Schema, key.Check))
        {
            return default;
        }

        // Step 2: the fold, beside appends to the same blob.
        int records = Compact(copy, compactor);
        if (records <= 0)
        {
            return default;
        }

        // Step 3: the replacement, if the blob still begins with what was folded.
        return Replace(shard, key, copy, records);
    }

    private int Copy(StateShard shard, in StateKey key)
    {
        shard.Gate.Enter();
        try
        {
            ReadOnlySpan<byte> blob = shard.IsClosed ? default : shard.Table.Read(key);
            if (blob.Length > _copy.Length)
            {
                _copy = new byte[Math.Max(blob.Length, _copy.Length * 2)];
            }

            blob.CopyTo(_copy);
            return blob.Length;
        }
        finally
        {
            shard.Gate.Exit();
        }
    }

    // A compactor that fails must cost its blob's folding alone, never the process.
    private int Compact(ReadOnlySpan<byte> copy, IBlobCompactor compactor)
    {
        _replacement.ResetWrittenCount();
        int records;
        try
        {
            records = compactor.Compact(copy, _replacement);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _ = Interlocked.Increment(ref blobs.Counters.CompactionFaults);
            return 0;
        }

        ReadOnlySpan<byte> made = _replacement.WrittenSpan;
        if (records > 0
            && (!BlobHeader.Fits(made, compactor.Schema, BlobHeader.CheckOf(copy))
                || BlobHeader.EpochOf(made) != BlobHeader.EpochOf(copy) + 1))
        {
            _ = Interlocked.Increment(ref blobs.Counters.CompactionFaults);
            return 0;
        }

        return records;
    }

    private Result Replace(StateShard shard, in StateKey key, ReadOnlySpan<byte> folded, int records)
    {
        int head = _replacement.WrittenCount;
        shard.Gate.Enter();
        try
        {
            ReadOnlySpan<byte> now = shard.IsClosed ? default : shard.Table.Read(key);
            if (!now.StartsWith(folded))
            {
                // Another folding was first, or the blob expired and was made anew.
                return default;
            }

            _replacement.Write(now[folded.Length..]);
            ReadOnlySpan<byte> made = _replacement.WrittenSpan;
            uint expires = shard.Table.EntryAt(shard.Table.Find(key)).Expires;
            if (made.Length > BlobHeader.BlobBytesMax)
            {
                _ = Interlocked.Increment(ref blobs.Counters.CompactionFaults);
                return default;
            }

            if (!blobs.TryPut(shard.Table, key, made, head, expires))
            {
                return new Result(0, 0, 0, IsLogFull: true);
            }

            _ = Interlocked.Increment(ref blobs.Counters.Compactions);
            return new Result(records, BlobHeader.EpochOf(made), folded.Length, IsLogFull: false);
        }
        finally
        {
            shard.Gate.Exit();
        }
    }
}
