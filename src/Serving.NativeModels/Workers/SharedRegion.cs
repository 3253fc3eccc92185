using System.Diagnostics.CodeAnalysis;
using System.IO.MemoryMappedFiles;

namespace Serving.NativeModels.Workers;

/// <summary>
/// Memory that two processes see: a file of tmpfs, mapped by both and unlinked as soon as both have it. One side writes
/// at a time, as the messages beside it say. Not safe for use by several threads.
/// </summary>
internal sealed unsafe class SharedRegion : IDisposable
{
    private const string Tmpfs = "/dev/shm";

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    private SharedRegion(string path, FileStream stream, long size)
    {
        Path = path;
        Size = size;
        _file = MemoryMappedFile.CreateFromFile(
            stream, null, size, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, size, MemoryMappedFileAccess.ReadWrite);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = start + _view.PointerOffset;
    }

    /// <summary>Its file, until <see cref="Unlink"/>.</summary>
    public string Path { get; }

    /// <summary>Its length in bytes, less than 2 GiB.</summary>
    public long Size { get; }

    /// <summary>Its bytes.</summary>
    public Span<byte> Bytes => new(_start, (int)Size);

    /// <summary>Makes a region that only this user can open.</summary>
    /// <param name="folder">Where its file is made if there is no tmpfs.</param>
    /// <param name="name">A name that nobody else uses.</param>
    /// <param name="size">Bytes.</param>
    [SuppressMessage("Reliability", "CA2000", Justification = "The region owns the file.")]
    public static SharedRegion Create(string folder, string name, long size)
    {
        string path = System.IO.Path.Combine(Directory.Exists(Tmpfs) ? Tmpfs : folder, name);
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        FileStream stream = new(path, options);
        stream.SetLength(size);
        return new SharedRegion(path, stream, size);
    }

    /// <summary>Maps the region that another process made.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The region owns the file.")]
    public static SharedRegion Open(string path, long size)
    {
        FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        return new SharedRegion(path, stream, size);
    }

    /// <summary>Takes its name away: it lives as long as somebody has it mapped.</summary>
    public void Unlink() => File.Delete(Path);

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
