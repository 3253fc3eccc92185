using System.IO.Compression;

namespace Serving.Tables.Files;

/// <summary>
/// A file that appears under its name only when it is complete: it is written under a temporary name beside it.
/// Standard output is written through. One thread.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private const int BufferBytes = 1 << 16;

    private readonly string? _path;
    private readonly string? _temporaryPath;
    private readonly Stream _file;
    private readonly Stream _stream;
    private bool _isDone;

    private OutputFile(string? path, string? temporaryPath, Stream file, bool isZipped)
    {
        _path = path;
        _temporaryPath = temporaryPath;
        _file = file;
        _stream = isZipped ? new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true) : file;
    }

    /// <summary>Creates the temporary file, or takes stdout for <c>-</c>.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static OutputFile Create(string path, bool isZipped, Stream? standardOutput)
    {
        if (path == TableFormats.StandardStream)
        {
            return new OutputFile(null, null, Given(standardOutput), isZipped);
        }

        // A device (/dev/null, /dev/stdout) is written as it is: a rename would put a file in its place.
        if (path.StartsWith("/dev/", StringComparison.Ordinal) && File.Exists(path))
        {
            var device = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            return new OutputFile(null, null, device, isZipped);
        }

        string temporaryPath = TemporaryName(path);
        var file = new FileStream(
            temporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, isZipped ? BufferBytes : 0);
        return new OutputFile(path, temporaryPath, file, isZipped);
    }

    /// <summary>The stream that the caller gave for stdout: only the program itself owns the terminal.</summary>
    public static Stream Given(Stream? standardOutput) =>
        standardOutput ?? throw new ArgumentException("writing '-' needs RowWriterOptions.StandardOutput");

    /// <summary>A free name in the same folder, so that the rename stays on one file system.</summary>
    public static string TemporaryName(string path)
    {
        string full = Path.GetFullPath(path);
        return Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Path.GetRandomFileName()}.tmp");
    }

    public void Write(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    /// <summary>Flushes, closes and renames the file to its own name.</summary>
    public void Complete()
    {
        if (!ReferenceEquals(_stream, _file))
        {
            _stream.Dispose();
        }

        _file.Flush();
        if (_path is not null)
        {
            _file.Dispose();
            File.Move(_temporaryPath!, _path, overwrite: true);
        }

        _isDone = true;
    }

    /// <summary>
    /// Removes what was written unless it is complete. An error of the last flush is nobody's any more.
    /// </summary>
    public void Dispose()
    {
        if (_isDone || _temporaryPath is null)
        {
            return;
        }

        _isDone = true;
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // The disk is full: that was thrown where it was written, and the file goes.
        }

        File.Delete(_temporaryPath);
    }
}
