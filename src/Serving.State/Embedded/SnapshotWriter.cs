using System.Buffers.Binary;

namespace Serving.State.Embedded;

/// <summary>
/// Copies all blobs into a snapshot while they change. A shard's gate is held for a few microseconds at a time; each
/// blob carries the sequence of its last change, so that recovery passes over the entries of the log that it already
/// holds. One owner at a time.
/// </summary>
internal sealed class SnapshotWriter(ShardedBlobs blobs)
{
    // Some 16 blobs of 1 KB: 2 to 4 us of copying, in which requests to one of 256 shards wait.
    private const int BytesBehindGate = 16 << 10;

    private readonly byte[] _chunk = new byte[SnapshotFormat.ChunkHeaderSize + SnapshotFormat.ChunkBytesMax];
    private int _length;
    private int _blobCount;

    /// <summary>The greatest sequence of a change that the snapshot holds.</summary>
    public ulong GreatestStamp { get; private set; }

    /// <summary>Writes all blobs.</summary>
    public void WriteTo(SnapshotFile file, CancellationToken cancellation)
    {
        StartChunk();
        foreach (StateShard shard in blobs.Shards)
        {
            int entry = 0;
            while (entry >= 0)
            {
                cancellation.ThrowIfCancellationRequested();
                entry = CopySome(shard, entry);
                if (_length >= SnapshotFormat.ChunkBytesFull)
                {
                    EndChunk(file);
                }
            }
        }

        EndChunk(file);
    }

    // Returns the entry to go on with, or -1 at the end of the shard.
    private int CopySome(StateShard shard, int entry)
    {
        int begin = _length;
        shard.Gate.Enter();
        try
        {
            BlobTable table = shard.Table;
            while (entry < table.EntryEnd)
            {
                if (_length - begin >= BytesBehindGate || _length >= SnapshotFormat.ChunkBytesFull)
                {
                    return entry;
                }

                if (table.TryKey(entry, out StateKey key))
                {
                    Copy(key, table.EntryAt(entry), table.BlobAt(entry));
                }

                entry++;
            }

            return -1;
        }
        finally
        {
            shard.Gate.Exit();
        }
    }

    private void Copy(in StateKey key, in BlobEntry entry, ReadOnlySpan<byte> blob)
    {
        Span<byte> to = _chunk.AsSpan(_length);
        BinaryPrimitives.WriteUInt32LittleEndian(to, key.Set);
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], blob.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], key.Digest);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], entry.Stamp);
        BinaryPrimitives.WriteUInt32LittleEndian(to[24..], entry.Expires);
        BinaryPrimitives.WriteInt32LittleEndian(to[28..], entry.Folded);
        blob.CopyTo(to[SnapshotFormat.BlobHeadSize..]);
        _length += SnapshotFormat.BlobHeadSize + blob.Length;
        _blobCount++;
        GreatestStamp = Math.Max(GreatestStamp, entry.Stamp);
    }

    private void StartChunk()
    {
        _length = SnapshotFormat.ChunkHeaderSize;
        _blobCount = 0;
    }

    private void EndChunk(SnapshotFile file)
    {
        if (_blobCount > 0)
        {
            file.WriteChunk(_chunk.AsSpan(0, _length), _blobCount);
        }

        StartChunk();
    }
}
