using Microsoft.Win32.SafeHandles;
using Serving.Data.Durability;

namespace Serving.State.Embedded;

/// <summary>The segment of the log that is being written. One owner at a time; syncs may run beside writes.</summary>
internal sealed class LogSegment : IDisposable
{
    private readonly string _folder;
    private readonly string _path;

    private LogSegment(string folder, string path, SafeFileHandle handle, ulong first)
    {
        _folder = folder;
        _path = path;
        Handle = handle;
        First = first;
        Length = FileHeader.Size;
    }

    /// <summary>Sequence of the first entry.</summary>
    public ulong First { get; }

    /// <summary>The file.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>
    /// Makes a segment whose name and header are on the disk. One of the same name holds nothing that was ever said to
    /// be on the disk (<see cref="Abandon"/> could not delete it) and is overwritten.
    /// </summary>
    public static LogSegment Create(string folder, ulong first, DateTimeOffset now)
    {
        string path = FolderFiles.LogPath(folder, first);
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        LogSegment segment = new(folder, path, handle, first);
        try
        {
            Span<byte> header = stackalloc byte[FileHeader.Size];
            FileHeader.Write(header, FileHeader.Log, first, now);
            RandomAccess.Write(handle, header, 0);
            DurableFile.Sync(handle);
            DurableFolder.Sync(folder);
            return segment;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            segment.Abandon(isEmpty: true);
            throw;
        }
    }

    /// <summary>Writes entries behind those that are there.</summary>
    public void Write(ReadOnlySpan<byte> frames)
    {
        RandomAccess.Write(Handle, frames, Length);
        Length += frames.Length;
    }

    /// <summary>Gives the file up after a failure, for good; deletes it where it holds nothing of worth.</summary>
    public void Abandon(bool isEmpty)
    {
        Handle.Dispose();
        if (!isEmpty)
        {
            return;
        }

        try
        {
            File.Delete(_path);
            DurableFolder.Sync(_folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next segment has the same name and takes its place.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}
