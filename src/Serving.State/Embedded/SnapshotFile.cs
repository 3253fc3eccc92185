using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Serving.Data.Durability;

namespace Serving.State.Embedded;

/// <summary>
/// A snapshot that is being written, chunk by chunk, under another name until it is whole. One owner.
/// </summary>
internal sealed class SnapshotFile : IDisposable
{
    // The disk is given the bytes in pieces: one sync of a gigabyte would hold up the syncs of the log.
    private const long SyncEachBytes = 16 << 20;

    private readonly string _path;
    private readonly string _unfinished;
    private readonly SafeFileHandle _handle;
    private long _length;
    private long _synced;
    private ulong _chunks;
    private uint _blobs;

    /// <summary>Begins a snapshot of all changes up to a sequence.</summary>
    public SnapshotFile(string folder, ulong sequence, DateTimeOffset now)
    {
        _path = FolderFiles.SnapshotPath(folder, sequence);
        _unfinished = FolderFiles.UnfinishedPath(_path);
        _handle = File.OpenHandle(_unfinished, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        Span<byte> header = stackalloc byte[FileHeader.Size];
        FileHeader.Write(header, FileHeader.Snapshot, sequence, now);
        Write(header);
    }

    /// <summary>Bytes written.</summary>
    public long Length => _length;

    /// <summary>Writes a chunk: its header's place, then blobs.</summary>
    public void WriteChunk(Span<byte> chunk, int blobs)
    {
        WriteHeader(chunk, SnapshotFormat.Chunk, (uint)blobs);
        Write(chunk);
        _chunks++;
        _blobs += (uint)blobs;
        if (_length - _synced >= SyncEachBytes)
        {
            DurableFile.SyncData(_handle);
            _synced = _length;
        }
    }

    /// <summary>Writes the footer; behind it the file is whole and on the disk, but not yet under its name.</summary>
    public void Finish(ulong greatestStamp)
    {
        Span<byte> footer = stackalloc byte[SnapshotFormat.ChunkHeaderSize + SnapshotFormat.FooterBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(footer[SnapshotFormat.ChunkHeaderSize..], greatestStamp);
        BinaryPrimitives.WriteInt64LittleEndian(
            footer[(SnapshotFormat.ChunkHeaderSize + 8)..], _length + footer.Length);
        WriteHeader(footer, SnapshotFormat.Footer, _blobs);
        Write(footer);
        DurableFile.Sync(_handle);
    }

    /// <summary>Gives the file its name, for good.</summary>
    public void Publish(string folder)
    {
        File.Move(_unfinished, _path, overwrite: true);
        DurableFolder.Sync(folder);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle.Dispose();
        try
        {
            File.Delete(_unfinished);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next start deletes what was left unfinished.
        }
    }

    private void WriteHeader(Span<byte> chunk, uint magic, uint blobs)
    {
        ReadOnlySpan<byte> payload = chunk[SnapshotFormat.ChunkHeaderSize..];
        BinaryPrimitives.WriteUInt32LittleEndian(chunk, magic);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk[4..], blobs);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[8..], payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk[12..], Crc32C.Of(payload));
        BinaryPrimitives.WriteUInt64LittleEndian(chunk[16..], _chunks);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk[24..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk[28..], Crc32C.Of(chunk[..28]));
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_handle, bytes, _length);
        _length += bytes.Length;
    }
}
