using ZstdSharp;

namespace Serving.Engine.Predictions.Log;

/// <summary>The frames of a compressed segment. Not safe for use by several threads.</summary>
internal sealed class PackedFrames : IFrameSource
{
    private readonly FileWindow _file;
    private readonly Decompressor _zstd = new();
    private readonly LogBytes _raw = new();
    private int _at;
    private long _block;
    private bool _hasEnded;
    private bool _isBroken;

    /// <summary>Opens a segment.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public PackedFrames(LogFile file)
    {
        _file = new FileWindow(file.Path);
        ReadOnlySpan<byte> front = _file.Peek(SegmentHeader.Size);
        Header = SegmentHeader.Read(front, out _);
        if (Header is null)
        {
            Problems.Add((0, front.Length < SegmentHeader.Size ? LogProblemKind.Torn : LogProblemKind.Checksum));
        }

        _file.Skip(front.Length);
        WholeLength = front.Length;
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
        while (true)
        {
            ReadOnlySpan<byte> rest = _raw.Written[_at..];
            int length = LogFrame.LengthOf(rest);
            if (length > 0 && length <= rest.Length)
            {
                offset = _block;
                _at += length;
                ReadOnlySpan<byte> frame = rest[..length];
                if (LogFrame.TryRead(frame, out _))
                {
                    Note(frame);
                    return frame;
                }

                // The block is as it was written: its frames were damaged before.
                Problems.Add((offset, LogProblemKind.Checksum));
                _at = _raw.Length;
                continue;
            }

            if (!NextBlock())
            {
                offset = _file.Position;
                return default;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _zstd.Dispose();
    }

    private void Note(ReadOnlySpan<byte> frame)
    {
        if (Header is null && LogFrame.KindOf(frame) == LogFrameKind.Head)
        {
            Header = SegmentHeader.Read(frame[LogFrame.HeaderSize..], out _);
        }
    }

    private bool NextBlock()
    {
        while (!_hasEnded)
        {
            long offset = _file.Position;
            ReadOnlySpan<byte> block = Whole(out PackedBlock head);
            if (block.IsEmpty)
            {
                bool isAtEnd = _file.Peek(PackedBlock.HeaderSize).Length < PackedBlock.HeaderSize;
                bool isFound = FindNext();
                Problems.Add((offset, isFound || !isAtEnd ? LogProblemKind.Checksum : LogProblemKind.Torn));
                _isBroken = true;
                if (!isFound)
                {
                    _hasEnded = true;
                }

                continue;
            }

            _file.Skip(block.Length);
            WholeLength = _file.Position;
            if ((head.Flags & PackedBlock.End) != 0)
            {
                _hasEnded = true;
                EndsHere();
                return false;
            }

            if (TryTake(block, head, offset))
            {
                return true;
            }
        }

        return false;
    }

    private void EndsHere()
    {
        if (_file.Peek(1).Length > 0)
        {
            Problems.Add((_file.Position, LogProblemKind.Checksum));
        }
    }

    // A frame whose front is in a damaged block is lost with it.
    private bool TryTake(ReadOnlySpan<byte> block, in PackedBlock head, long offset)
    {
        bool continues = (head.Flags & PackedBlock.Continues) != 0;
        if (continues && _isBroken)
        {
            return false;
        }

        if (!continues)
        {
            _raw.Clear();
            _at = 0;
            _block = offset;
        }

        _isBroken = false;
        Span<byte> room = _raw.Append(head.RawLength);
        int length;
        try
        {
            length = _zstd.Unwrap(block[PackedBlock.HeaderSize..], room);
        }
        catch (ZstdException)
        {
            length = -1;
        }

        if (length != head.RawLength)
        {
            Problems.Add((offset, LogProblemKind.Checksum));
            _raw.Clear();
            _at = 0;
            _isBroken = true;
            return false;
        }

        return true;
    }

    private ReadOnlySpan<byte> Whole(out PackedBlock head)
    {
        head = default;
        if (PackedBlock.Read(_file.Peek(PackedBlock.HeaderSize)) is not { } found)
        {
            return default;
        }

        head = found;
        ReadOnlySpan<byte> block = _file.Peek(found.Length);
        return block.Length == found.Length && PackedBlock.IsWhole(block) ? block : default;
    }

    private bool FindNext()
    {
        while (_file.Peek(PackedBlock.HeaderSize).Length == PackedBlock.HeaderSize)
        {
            _file.Skip(1);
            if (!Whole(out _).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }
}
