using System.Buffers.Binary;

namespace Serving.Engine.Offline.Sorting;

/// <summary>
/// A sorted run on disk: for each row key, position and length, then its bytes. The file has no name while it is used,
/// so that nothing of it is left behind, however the program ends. Written once, then read once. One thread.
/// </summary>
internal sealed class SpillFile : SortedRows
{
    private const int HeadBytes = sizeof(long) + sizeof(long) + sizeof(int);

    private readonly FileStream _file;
    private byte[] _buffer;
    private int _start;
    private int _end;
    private long _key;
    private long _position;
    private int _rowStart;
    private int _rowLength;

    public SpillFile(string folder, int bufferBytes)
    {
        string path = Path.Combine(folder, $".serving-sort.{Path.GetRandomFileName()}.tmp");
        _file = new FileStream(
            path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 0, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(path);
        }

        _buffer = new byte[Math.Max(bufferBytes, HeadBytes)];
    }

    public override long Key => _key;

    public override long Position => _position;

    public override ReadOnlySpan<byte> Row => _buffer.AsSpan(_rowStart, _rowLength);

    /// <summary>Writes a row behind the others.</summary>
    public void Write(long key, long position, ReadOnlySpan<byte> row)
    {
        if (_end + HeadBytes + row.Length > _buffer.Length)
        {
            Flush();
        }

        if (HeadBytes + row.Length > _buffer.Length)
        {
            _buffer = new byte[HeadBytes + row.Length];
        }

        Span<byte> head = _buffer.AsSpan(_end);
        BinaryPrimitives.WriteInt64LittleEndian(head, key);
        BinaryPrimitives.WriteInt64LittleEndian(head[sizeof(long)..], position);
        BinaryPrimitives.WriteInt32LittleEndian(head[(2 * sizeof(long))..], row.Length);
        row.CopyTo(head[HeadBytes..]);
        _end += HeadBytes + row.Length;
    }

    /// <summary>Ends the writing: from now on rows are read.</summary>
    public void Rewind()
    {
        Flush();
        _file.Position = 0;
    }

    public override bool MoveNext()
    {
        if (!Fill(HeadBytes))
        {
            return false;
        }

        ReadOnlySpan<byte> head = _buffer.AsSpan(_start);
        _key = BinaryPrimitives.ReadInt64LittleEndian(head);
        _position = BinaryPrimitives.ReadInt64LittleEndian(head[sizeof(long)..]);
        _rowLength = BinaryPrimitives.ReadInt32LittleEndian(head[(2 * sizeof(long))..]);
        if (!Fill(HeadBytes + _rowLength))
        {
            throw new IOException("a temporary file of the sort ends in a row: it was changed by someone else");
        }

        _rowStart = _start + HeadBytes;
        _start = _rowStart + _rowLength;
        return true;
    }

    public override void Dispose() => _file.Dispose();

    private void Flush()
    {
        _file.Write(_buffer.AsSpan(0, _end));
        _end = 0;
    }

    // Makes so many bytes stand behind _start.
    private bool Fill(int wanted)
    {
        if (_end - _start >= wanted)
        {
            return true;
        }

        ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
        byte[] target = _buffer.Length >= wanted ? _buffer : new byte[Math.Max(wanted, _buffer.Length * 2)];
        rest.CopyTo(target);
        _buffer = target;
        _end -= _start;
        _start = 0;
        while (_end < wanted)
        {
            int read = _file.Read(_buffer.AsSpan(_end));
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }
}
