using Serving.Data;

namespace Serving.Tables.Files;

/// <summary>Cuts a stream of bytes into pieces of whole records. One thread.</summary>
internal sealed class PieceReader : IDisposable
{
    /// <summary>
    /// Longest record: an open quote swallows all that follows, and memory must stay bounded. 16 MiB hold 4,000 strings
    /// of the greatest length.
    /// </summary>
    public const int RecordBytesMax = 16 << 20;

    private const int HeadBytes = 1 << 16;
    private static readonly byte[] s_byteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly string _path;
    private readonly InputFile _input;
    private readonly IRecordCutter _cutter;
    private readonly int _pieceBytes;

    // Read and not handed out yet: bytes _carryStart .. _carryEnd of _carry.
    private byte[] _carry = [];
    private int _carryStart;
    private int _carryEnd;
    private bool _isAtEnd;
    private long _nextRow = 1;
    private long _nextLine = 1;

    public PieceReader(string path, InputFile input, IRecordCutter cutter, int pieceBytes)
    {
        _path = path;
        _input = input;
        _cutter = cutter;
        _pieceBytes = Math.Max(pieceBytes, 1);
    }

    public double Progress => _input.Progress;

    /// <summary>Drops the byte order mark and refuses UTF-16, which would else be a riddle of NUL characters.</summary>
    public void SkipByteOrderMark()
    {
        FillCarry(s_byteOrderMark.Length);
        ReadOnlySpan<byte> head = _carry.AsSpan(_carryStart, _carryEnd - _carryStart);
        if (head.StartsWith(s_byteOrderMark))
        {
            _carryStart += s_byteOrderMark.Length;
        }
        else if (head.Length >= 2 && ((head[0] == 0xFF && head[1] == 0xFE) || (head[0] == 0xFE && head[1] == 0xFF)))
        {
            throw new InputException(
                new InputProblem(_path, "UTF-16 text", "UTF-8 text", "convert it, e.g. with iconv"));
        }
    }

    /// <summary>Takes the first record, its line end included; empty at the end.</summary>
    public byte[] TakeRecord()
    {
        int wanted = 1;
        while (true)
        {
            FillCarry(wanted);
            ReadOnlySpan<byte> text = _carry.AsSpan(_carryStart, _carryEnd - _carryStart);
            int end = _cutter.FirstRecordEnd(text, _isAtEnd);
            if (end > 0 || _isAtEnd)
            {
                byte[] record = text[..end].ToArray();
                _carryStart += end;
                _nextLine += record.AsSpan().Count((byte)'\n');
                return record;
            }

            CheckRecordLength(text.Length);
            wanted = text.Length + 1;
        }
    }

    /// <summary>Reads the next piece into a buffer, replacing it where it is too small; false at the end.</summary>
    public bool TryRead(ref byte[] buffer, out TextPiece piece)
    {
        int length = TakeCarry(ref buffer);
        RecordCut cut;
        while (true)
        {
            length = Fill(buffer, length, buffer.Length);
            cut = _cutter.Cut(buffer.AsSpan(0, length), _isAtEnd);
            if (cut.End > 0 || _isAtEnd)
            {
                break;
            }

            CheckRecordLength(length);
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        piece = new TextPiece(cut.End, _nextRow, _nextLine);
        PutCarry(buffer.AsSpan(cut.End, length - cut.End));
        _nextRow += cut.Records;
        _nextLine += cut.Lines;
        return length > 0;
    }

    public void Dispose() => _input.Dispose();

    private int TakeCarry(ref byte[] buffer)
    {
        int carried = _carryEnd - _carryStart;
        int size = Math.Max(_pieceBytes, carried);
        if (buffer.Length < size)
        {
            buffer = new byte[size];
        }

        _carry.AsSpan(_carryStart, carried).CopyTo(buffer);
        _carryStart = 0;
        _carryEnd = 0;
        return carried;
    }

    private void PutCarry(ReadOnlySpan<byte> rest)
    {
        if (_carry.Length < rest.Length)
        {
            _carry = new byte[rest.Length];
        }

        rest.CopyTo(_carry);
        _carryStart = 0;
        _carryEnd = rest.Length;
    }

    private void FillCarry(int wanted)
    {
        if (_carry.Length - _carryStart < wanted)
        {
            Array.Resize(ref _carry, Math.Max(HeadBytes, Math.Max(_carryStart + wanted, _carry.Length * 2)));
        }

        _carryEnd = Fill(_carry, _carryEnd, _carryStart + wanted);
    }

    // Reads until at least `wanted` bytes are there or the input ends.
    private int Fill(byte[] buffer, int length, int wanted)
    {
        while (!_isAtEnd && length < wanted)
        {
            int count = _input.Read(buffer.AsSpan(length));
            _isAtEnd = count == 0;
            length += count;
        }

        return length;
    }

    private void CheckRecordLength(int length)
    {
        if (length >= RecordBytesMax)
        {
            throw new InputException(new InputProblem(
                $"{_path}:{_nextLine}", $"a record of more than {RecordBytesMax >> 20} MiB", "shorter records",
                "look for a quote that is never closed"));
        }
    }
}
