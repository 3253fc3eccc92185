using System.IO.Compression;
using Serving.Data;

namespace Serving.Tables.Files;

/// <summary>
/// The bytes of a file or of stdin, unpacked where they are compressed: then a thread of its own unpacks ahead, since
/// that costs more than all else one reader does. One thread reads.
/// </summary>
internal sealed class InputFile : IDisposable
{
    private readonly string _path;
    private readonly Stream _stream;
    private readonly ReadAhead? _ahead;
    private readonly bool _ownsStream;
    private readonly long _length;
    private bool _isDisposed;

    // Without this switch the platform takes a cut file for a short one.
    static InputFile() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    private InputFile(string path, Stream stream, bool isZipped, bool ownsStream)
    {
        _path = path;
        _stream = stream;
        _ownsStream = ownsStream;
        _length = stream.CanSeek ? stream.Length : 0;
        _ahead = isZipped
            ? new ReadAhead(new GZipStream(stream, CompressionMode.Decompress, leaveOpen: !ownsStream))
            : null;
    }

    /// <summary>Share of the file's own bytes that was taken; NaN for a pipe.</summary>
    public double Progress =>
        _length > 0 && _stream.CanSeek ? Math.Min(1.0, (double)_stream.Position / _length) : double.NaN;

    /// <summary>Opens a file, or stdin for <c>-</c>.</summary>
    /// <exception cref="InputException">There is no such file.</exception>
    public static InputFile Open(string path, bool isZipped, Stream? standardInput)
    {
        if (path == TableFormats.StandardStream)
        {
            return new InputFile("stdin", Given(standardInput), isZipped, ownsStream: false);
        }

        if (!File.Exists(path))
        {
            throw new InputException(new InputProblem(path, "no such file", "a file of rows", "check the path"));
        }

        // Reads go straight into chunks, so the stream's own buffer would only copy.
        var stream = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        return new InputFile(Path.GetFileName(path), stream, isZipped, ownsStream: true);
    }

    /// <summary>The stream that the caller gave for stdin: only the program itself owns the terminal.</summary>
    public static Stream Given(Stream? standardInput) =>
        standardInput ?? throw new ArgumentException("reading '-' needs RowReaderOptions.StandardInput");

    /// <summary>Reads some bytes; 0 at the end.</summary>
    /// <exception cref="InputException">The compressed data are damaged.</exception>
    public int Read(Span<byte> destination)
    {
        try
        {
            return _ahead?.Read(destination) ?? _stream.Read(destination);
        }
        catch (InvalidDataException error)
        {
            throw new InputException(new InputProblem(
                _path, $"damaged gzip data ({error.Message})", "a whole gzip file",
                "make the file again, or unpack it first"));
        }
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _ahead?.Dispose();
        if (_ownsStream && _ahead is null)
        {
            _stream.Dispose();
        }
    }
}
