using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Serving.Data.Durability;

namespace Serving.State.Embedded;

/// <summary>
/// Reads a snapshot: the headers of the chunks first, then the chunks by several threads. Total on hostile bytes: every
/// byte is covered by a checksum or compared, and memory is bounded by a chunk for each thread.
/// </summary>
internal sealed class SnapshotReader(string path, SafeFileHandle handle, FolderDamage damage)
{
    private readonly List<(long Offset, int Length, int Blobs, uint Checksum)> _chunks = [];
    private long _blobs;

    /// <summary>Sequence up to which it holds all changes.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>Greatest sequence of a change that it holds.</summary>
    public ulong GreatestStamp { get; private set; }

    /// <summary>Blobs that were read.</summary>
    public long Blobs => Volatile.Read(ref _blobs);

    /// <summary>Reads headers and footer; damage is noted, and what stands in front of it can be loaded.</summary>
    public void ReadHeaders()
    {
        long length = RandomAccess.GetLength(handle);
        Span<byte> header = stackalloc byte[FileHeader.Size];
        string? fault = FileHeader.Read(
            header[..RandomAccess.Read(handle, header, 0)], FileHeader.Snapshot, out ulong sequence);
        if (fault is not null)
        {
            damage.Add(path, 0, fault, "a snapshot's header");
        }

        Sequence = sequence;
        long at = FileHeader.Size;
        long blobs = 0;
        while (ReadChunkHeader(at, length, ref blobs) is { } next)
        {
            at = next;
        }
    }

    /// <summary>Loads all blobs.</summary>
    public void Load(RecoveredBlobs into, int threads, CancellationToken cancellation)
    {
        // Each thread takes a run of chunks of its own, so that they seldom meet in a shard.
        threads = Math.Clamp(threads, 1, Math.Max(1, _chunks.Count));
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        _ = Parallel.For(0, threads, options, thread =>
        {
            byte[] buffer = new byte[SnapshotFormat.ChunkBytesMax];
            int end = (int)((long)_chunks.Count * (thread + 1) / threads);
            for (int i = (int)((long)_chunks.Count * thread / threads); i < end; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                LoadChunk(_chunks[i], buffer, into);
            }
        });
    }

    // Returns where the next chunk begins, or null behind the footer or at damage.
    private long? ReadChunkHeader(long at, long length, ref long blobs)
    {
        Span<byte> header = stackalloc byte[SnapshotFormat.ChunkHeaderSize + SnapshotFormat.FooterBytes];
        int read = RandomAccess.Read(handle, header, at);
        if (read < SnapshotFormat.ChunkHeaderSize
            || Crc32C.Of(header[..28]) != BinaryPrimitives.ReadUInt32LittleEndian(header[28..]))
        {
            damage.Add(path, at, $"{read} bytes that are no chunk's header", "a chunk or the end of the snapshot");
            return null;
        }

        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(header);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
        if (number != (ulong)_chunks.Count)
        {
            damage.Add(path, at, $"chunk {number}", $"chunk {_chunks.Count}");
            return null;
        }

        if (magic == SnapshotFormat.Footer)
        {
            ReadFooter(header, at, length, count, blobs);
            return null;
        }

        if (magic != SnapshotFormat.Chunk || bytes is < 0 or > SnapshotFormat.ChunkBytesMax)
        {
            damage.Add(path, at, $"a chunk of kind {magic:x} and {bytes} bytes", "a chunk of blobs");
            return null;
        }

        long begin = at + SnapshotFormat.ChunkHeaderSize;
        _chunks.Add((begin, bytes, (int)count, BinaryPrimitives.ReadUInt32LittleEndian(header[12..])));
        blobs += count;
        return begin + bytes;
    }

    private void ReadFooter(ReadOnlySpan<byte> footer, long at, long length, uint count, long blobs)
    {
        ReadOnlySpan<byte> rest = footer[SnapshotFormat.ChunkHeaderSize..];
        long end = BinaryPrimitives.ReadInt64LittleEndian(rest[8..]);
        if (Crc32C.Of(rest) != BinaryPrimitives.ReadUInt32LittleEndian(footer[12..]) || count != (uint)blobs)
        {
            damage.Add(path, at, "an end of the snapshot with a wrong checksum or count", $"{blobs} blobs");
        }
        else if (end != length || at + footer.Length != length)
        {
            damage.Add(path, at, $"a file of {length} bytes", $"{end} bytes");
        }
        else
        {
            GreatestStamp = BinaryPrimitives.ReadUInt64LittleEndian(rest);
        }
    }

    private void LoadChunk(
        (long Offset, int Length, int Blobs, uint Checksum) chunk, byte[] buffer, RecoveredBlobs into)
    {
        Span<byte> bytes = buffer.AsSpan(0, chunk.Length);
        int read = ReadWhole(bytes, chunk.Offset);
        if (read < chunk.Length || Crc32C.Of(bytes) != chunk.Checksum)
        {
            damage.Add(path, chunk.Offset, $"{read} bytes with a wrong checksum", $"{chunk.Blobs} blobs");
            return;
        }

        ulong greatest = 0;
        for (int i = 0; i < chunk.Blobs; i++)
        {
            int length = bytes.Length < SnapshotFormat.BlobHeadSize
                ? -1
                : BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
            if (length < BlobHeader.Size || length > bytes.Length - SnapshotFormat.BlobHeadSize)
            {
                damage.Add(path, chunk.Offset, $"blob {i} of {length} bytes", "a blob within its chunk");
                return;
            }

            greatest = Math.Max(greatest, BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
            Put(bytes, bytes.Slice(SnapshotFormat.BlobHeadSize, length), into);
            bytes = bytes[(SnapshotFormat.BlobHeadSize + length)..];
        }

        _ = Interlocked.Add(ref _blobs, chunk.Blobs);
        lock (_chunks)
        {
            GreatestStamp = Math.Max(GreatestStamp, greatest);
        }
    }

    private static void Put(ReadOnlySpan<byte> head, ReadOnlySpan<byte> blob, RecoveredBlobs into)
    {
        StateKey key = new(
            BinaryPrimitives.ReadUInt32LittleEndian(head),
            BinaryPrimitives.ReadUInt64LittleEndian(head[8..]),
            BlobHeader.CheckOf(blob));
        into.Put(
            key,
            BinaryPrimitives.ReadUInt64LittleEndian(head[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(head[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[28..]),
            blob);
    }

    private int ReadWhole(Span<byte> bytes, long offset)
    {
        int total = 0;
        while (total < bytes.Length)
        {
            int read = RandomAccess.Read(handle, bytes[total..], offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }
}
