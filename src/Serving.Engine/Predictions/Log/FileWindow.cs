using Microsoft.Win32.SafeHandles;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// A file read from front to back through a buffer that holds a piece of it. Not safe for use by several threads.
/// </summary>
internal sealed class FileWindow : IDisposable
{
    private const int Chunk = 1 << 20;

    private readonly SafeFileHandle _handle;
    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>Opens a file.</summary>
    public FileWindow(string path)
    {
        _handle = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        Length = RandomAccess.GetLength(_handle);
    }

    /// <summary>Bytes of the file when it was opened; what a server adds afterwards is not read.</summary>
    public long Length { get; }

    /// <summary>Place of the next byte.</summary>
    public long Position { get; private set; }

    /// <summary>The next bytes, at most so many; fewer only at the end.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        while (_end - _start < count && Position + (_end - _start) < Length)
        {
            if (!Fill(count))
            {
                break;
            }
        }

        return _buffer.AsSpan(_start, Math.Min(count, _end - _start));
    }

    /// <summary>Goes on.</summary>
    public void Skip(int count)
    {
        _start += count;
        Position += count;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private bool Fill(int count)
    {
        // A small file is held as a whole.
        int held = _end - _start;
        int room = (int)Math.Min(count + (long)Chunk, Length - Position);
        if (_buffer.Length < room)
        {
            Array.Resize(ref _buffer, room);
        }

        _buffer.AsSpan(_start, held).CopyTo(_buffer);
        _start = 0;
        _end = held;
        long left = Length - Position - held;
        int read = RandomAccess.Read(
            _handle, _buffer.AsSpan(held, (int)Math.Min(left, _buffer.Length - held)), Position + held);
        _end += read;
        return read > 0;
    }
}
