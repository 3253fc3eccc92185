using Microsoft.Win32.SafeHandles;
using Serving.Data.Durability;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// The segment that is being written. One owner at a time writes; syncs may run beside writes.
/// </summary>
internal sealed class ActiveSegment : IDisposable
{
    private readonly string _folder;
    private readonly string _path;

    private ActiveSegment(string folder, string path, SafeFileHandle handle, SegmentHeader header)
    {
        _folder = folder;
        _path = path;
        Handle = handle;
        Header = header;
    }

    /// <summary>Its header.</summary>
    public SegmentHeader Header { get; }

    /// <summary>The file.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Whether it holds a record.</summary>
    public bool HasRecords => Length > SegmentHeader.Size + LogFrame.HeaderSize + SegmentHeader.Size;

    /// <summary>
    /// Makes a segment whose name and header are on the disk. One of the same name holds nothing that was ever said to
    /// be on the disk and is overwritten.
    /// </summary>
    /// <exception cref="IOException">The folder takes no file now.</exception>
    public static ActiveSegment Create(string folder, SegmentHeader header)
    {
        string path = LogFiles.PathOf(folder, header.First, LogFiles.Plain);
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        var segment = new ActiveSegment(folder, path, handle, header);
        try
        {
            Span<byte> front = new byte[SegmentHeader.Size + LogFrame.HeaderSize + SegmentHeader.Size];
            header.Write(front, isPacked: false);
            Span<byte> again = front[SegmentHeader.Size..];
            LogFrame.Begin(again, LogFrameKind.Head, header.Made);
            header.Write(again[LogFrame.HeaderSize..], isPacked: false);
            LogFrame.Seal(again, header.First, 0);
            segment.Write(front);
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

    /// <summary>Writes frames behind those that are there.</summary>
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
