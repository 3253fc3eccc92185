using System.Buffers.Binary;

namespace Serving.Engine.Predictions.Log;

/// <summary>The frames of a segment that is not compressed. Not safe for use by several threads.</summary>
/// <remarks>
/// Behind a damaged frame the next whole one is looked for byte by byte: its head must be plausible, its sequence must
/// lie ahead, and its checksum hold.
/// </remarks>
internal sealed class PlainFrames : IFrameSource
{
    private readonly FileWindow _file;
    private ulong _sequence;
    private int _pending;

    /// <summary>Opens a segment.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public PlainFrames(LogFile file)
    {
        _file = new FileWindow(file.Path);
        ReadOnlySpan<byte> front = _file.Peek(SegmentHeader.Size);
        Header = SegmentHeader.Read(front, out _);
        _sequence = Header?.First ?? file.First;
        if (Header is not null)
        {
            _pending = SegmentHeader.Size;
        }
        else
        {
            Problems.Add((0, front.Length < SegmentHeader.Size ? LogProblemKind.Torn : LogProblemKind.Checksum));
            _pending = front.Length;
        }

        WholeLength = _pending;
    }

    /// <inheritdoc/>
    public SegmentHeader? Header { get; private set; }

    /// <inheritdoc/>
    public List<(long Offset, LogProblemKind Kind)> Problems { get; } = [];

    /// <inheritdoc/>
    public long WholeLength { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Next(out long offset)
    {
        _file.Skip(_pending);
        _pending = 0;
        offset = _file.Position;
        if (_file.Peek(1).Length == 0)
        {
            return default;
        }

        ReadOnlySpan<byte> frame = Whole();
        if (frame.IsEmpty)
        {
            LogProblemKind kind = IsComplete() ? LogProblemKind.Checksum : LogProblemKind.Torn;
            bool isFound = FindNext();
            Problems.Add((offset, isFound ? LogProblemKind.Checksum : kind));
            if (!isFound)
            {
                return default;
            }

            offset = _file.Position;
            frame = Whole();
        }

        _pending = frame.Length;
        WholeLength = offset + frame.Length;
        Note(frame);
        return frame;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Note(ReadOnlySpan<byte> frame)
    {
        _sequence = BinaryPrimitives.ReadUInt64LittleEndian(frame[8..]);
        if (Header is null && LogFrame.KindOf(frame) == LogFrameKind.Head)
        {
            Header = SegmentHeader.Read(frame[LogFrame.HeaderSize..], out _);
        }
    }

    private ReadOnlySpan<byte> Whole()
    {
        ReadOnlySpan<byte> head = _file.Peek(LogFrame.HeaderSize);
        if (head.Length < LogFrame.HeaderSize || !LogFrame.IsPlausible(head))
        {
            return default;
        }

        ReadOnlySpan<byte> frame = _file.Peek(LogFrame.LengthOf(head));
        return LogFrame.TryRead(frame, out _) ? frame : default;
    }

    // A frame that ends inside the file was written whole: what is wrong with it was changed.
    private bool IsComplete()
    {
        int length = LogFrame.LengthOf(_file.Peek(LogFrame.HeaderSize));
        return length > 0 && _file.Position + length <= _file.Length;
    }

    private bool FindNext()
    {
        while (true)
        {
            _file.Skip(1);
            ReadOnlySpan<byte> head = _file.Peek(LogFrame.HeaderSize);
            if (head.Length < LogFrame.HeaderSize)
            {
                return false;
            }

            if (LogFrame.IsPlausible(head) && IsAhead(head) && !Whole().IsEmpty)
            {
                return true;
            }
        }
    }

    private bool IsAhead(ReadOnlySpan<byte> head)
    {
        ulong sequence = BinaryPrimitives.ReadUInt64LittleEndian(head[8..]);
        return sequence >= _sequence && sequence - _sequence <= (ulong)_file.Length;
    }
}
