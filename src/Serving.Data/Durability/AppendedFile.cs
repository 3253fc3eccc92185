using Microsoft.Win32.SafeHandles;

namespace Serving.Data.Durability;

/// <summary>
/// A file of a log that grows at its end: its name and its front are on the disk from the beginning, and a failure ends
/// it for good. One owner at a time writes; syncs may run beside writes.
/// </summary>
public sealed class AppendedFile : IDisposable
{
    private readonly string _path;

    private AppendedFile(string path, SafeFileHandle handle)
    {
        _path = path;
        Handle = handle;
    }

    /// <summary>The file.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>
    /// Makes a file whose name and front are on the disk. One of the same name holds nothing that was ever said to be
    /// on the disk (<see cref="Abandon"/> could not delete it) and is overwritten.
    /// </summary>
    /// <exception cref="IOException">The folder takes no file now.</exception>
    public static AppendedFile Create(string path, ReadOnlySpan<byte> front)
    {
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        var file = new AppendedFile(path, handle);
        try
        {
            file.Write(front);
            DurableFile.Sync(handle);
            DurableFolder.Sync(Path.GetDirectoryName(path)!);
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file.Abandon(isEmpty: true);
            throw;
        }
    }

    /// <summary>Writes bytes behind those that are there.</summary>
    /// <exception cref="IOException">The disk does not take them: the file is to be abandoned.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(Handle, bytes, Length);
        Length += bytes.Length;
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
            DurableFolder.Sync(Path.GetDirectoryName(_path)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next file has the same name and takes its place.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}
