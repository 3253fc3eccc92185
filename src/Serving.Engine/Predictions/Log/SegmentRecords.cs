using System.Globalization;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// The records of one segment behind those of the segments before it: their sequences follow each other, or a problem
/// says where they do not.
/// </summary>
internal sealed class SegmentRecords : IDisposable
{
    private readonly LogFile _file;
    private readonly IFrameSource _frames;
    private readonly ulong _end;
    private readonly bool _isOpen;
    private readonly LogKeys? _keys;
    private readonly List<LogProblem> _problems = [];
    private LogCipher? _cipher;
    private bool _hasBegun;
    private bool _hasEnded;
    private int _damageSeen;
    private long _offset;

    /// <summary>Makes it of a segment's frames.</summary>
    /// <param name="file">The segment.</param>
    /// <param name="frames">Its frames.</param>
    /// <param name="end">First sequence of the next segment.</param>
    /// <param name="isOpen">Whether a server is writing it: what its end lacks is on its way.</param>
    /// <param name="keys">Opens what is encrypted.</param>
    public SegmentRecords(LogFile file, IFrameSource frames, ulong end, bool isOpen, LogKeys? keys)
    {
        _file = file;
        _frames = frames;
        _end = end;
        _isOpen = isOpen;
        _keys = keys;
    }

    /// <summary>Whether the last record could be read.</summary>
    public bool IsReadable { get; private set; }

    /// <summary>File and offset of the last record.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"{_file.Path}@{_offset}");

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<LogProblem> Problems => _problems;

    private string Name => Path.GetFileName(_file.Path);

    /// <summary>Reads up to the next record. False at the end.</summary>
    /// <param name="reader">Receives it.</param>
    /// <param name="next">The sequence that must follow; moves on.</param>
    public bool Next(LogRecordReader reader, ref ulong next)
    {
        while (!_hasEnded)
        {
            ReadOnlySpan<byte> bytes = _frames.Next(out _offset);
            if (bytes.IsEmpty || !LogFrame.TryRead(bytes, out LogFrame frame))
            {
                _hasEnded = true;
                End(ref next);
                return false;
            }

            Begin(ref next);
            if (!frame.IsRecord)
            {
                reader.Take(frame, frame.Payload, null);
                continue;
            }

            // From here on the next segment has them: this one failed, and its rest was written again.
            if (frame.Sequence >= _end)
            {
                continue;
            }

            if (!Follows(frame.Sequence, ref next))
            {
                continue;
            }

            IsReadable = Take(reader, frame);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _cipher?.Dispose();

    private void Begin(ref ulong next)
    {
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        ulong first = _frames.Header?.First ?? _file.First;
        if (_frames.Header is { } header)
        {
            _cipher = LogCipher.Of(header, _keys);
        }

        if (first > next)
        {
            _problems.Add(new LogProblem(Name, 0, LogProblemKind.Missing));
            next = first;
        }
    }

    private bool Follows(ulong sequence, ref ulong next)
    {
        if (sequence < next)
        {
            _problems.Add(new LogProblem(Name, _offset, LogProblemKind.Duplicate));
            return false;
        }

        if (sequence > next && _frames.Problems.Count == _damageSeen)
        {
            _problems.Add(new LogProblem(Name, _offset, LogProblemKind.Missing));
        }

        _damageSeen = _frames.Problems.Count;
        next = sequence + 1;
        return true;
    }

    private bool Take(LogRecordReader reader, in LogFrame frame)
    {
        if ((frame.Flags & LogFrame.Encrypted) == 0)
        {
            return reader.Take(frame, frame.Payload, _cipher);
        }

        return _cipher?.Decrypt(frame.Bytes) is { } payload && reader.Take(frame, payload, _cipher);
    }

    private void End(ref ulong next)
    {
        Begin(ref next);
        bool isWritten = _isOpen || (_end != ulong.MaxValue && next >= _end);
        foreach ((long offset, LogProblemKind kind) in _frames.Problems)
        {
            // The end of a segment that is being written, or that failed and whose rest the next one has.
            bool isAtEnd = offset >= _frames.WholeLength;
            if (!isAtEnd || !isWritten || (kind == LogProblemKind.Checksum && !_isOpen && !IsRewritten()))
            {
                _problems.Add(new LogProblem(Name, offset, kind));
            }
        }
    }

    private bool IsRewritten()
    {
        string next = LogFiles.PathOf(Path.GetDirectoryName(_file.Path)!, _end, LogFiles.Plain);
        string packed = LogFiles.PathOf(Path.GetDirectoryName(_file.Path)!, _end, LogFiles.Packed);
        string path = File.Exists(next) ? next : packed;
        if (!File.Exists(path))
        {
            return false;
        }

        using var file = new FileWindow(path);
        return SegmentHeader.Read(file.Peek(SegmentHeader.Size), out _)?.Rewrites == true;
    }
}
