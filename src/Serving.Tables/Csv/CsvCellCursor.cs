using System.Numerics;
using System.Runtime.Intrinsics;

namespace Serving.Tables.Csv;

/// <summary>
/// Walks over the cells of records. Unquoted cells are found by a mask of 64 bytes at a time whose bits are delimiters
/// and line ends; quoted ones, being rare, by a search for their quote.
/// </summary>
internal ref struct CsvCellCursor
{
    private const int BlockBytes = 64;

    private readonly ReadOnlySpan<byte> _text;
    private readonly byte _delimiter;

    // Bits of _mask are the delimiters and line ends at _block + bit that are not behind us.
    private int _block;
    private ulong _mask;
    private int _at;

    /// <summary>Makes a cursor before the first cell of a text that begins with a record.</summary>
    public CsvCellCursor(ReadOnlySpan<byte> text, byte delimiter)
    {
        _text = text;
        _delimiter = delimiter;
        Seek(0);
    }

    /// <summary>Whether no record follows.</summary>
    public readonly bool IsAtEnd => _at >= _text.Length;

    /// <summary>First byte of the cell's content, quotes not counted.</summary>
    public int Start { get; private set; }

    /// <summary>Bytes of the cell's content, quotes at the ends not counted.</summary>
    public int Length { get; private set; }

    /// <summary>Whether the cell stood in quotes.</summary>
    public bool IsQuoted { get; private set; }

    /// <summary>Whether the content holds doubled quotes.</summary>
    public bool HasDoubledQuotes { get; private set; }

    /// <summary>Whether the cell is the last of its record.</summary>
    public bool EndsRecord { get; private set; }

    /// <summary>What is wrong with the cell's quotes.</summary>
    public QuoteFault Fault { get; private set; }

    /// <summary>Takes a blank line, if one is next.</summary>
    public bool TrySkipBlankLine()
    {
        int at = _at;
        if (_text[at] == (byte)'\r')
        {
            at++;
        }

        if (at < _text.Length && _text[at] != (byte)'\n')
        {
            return false;
        }

        Seek(at + 1);
        return true;
    }

    /// <summary>Goes to the next cell. REQUIRES: not at the end, or the cell before did not end its record.</summary>
    public void Next()
    {
        if (_at < _text.Length && _text[_at] == CsvDialect.Quote)
        {
            NextQuoted();
            return;
        }

        Start = _at;
        IsQuoted = false;
        HasDoubledQuotes = false;
        Fault = QuoteFault.None;
        EndAt(FindEnd());
    }

    private void NextQuoted()
    {
        Start = _at + 1;
        IsQuoted = true;
        HasDoubledQuotes = false;
        int at = Start;
        while (true)
        {
            int step = _text[at..].IndexOf(CsvDialect.Quote);
            if (step < 0)
            {
                Fault = QuoteFault.NeverClosed;
                Length = _text.Length - Start;
                EndsRecord = true;
                _at = _text.Length;
                return;
            }

            at += step;
            if (at + 1 == _text.Length || _text[at + 1] != CsvDialect.Quote)
            {
                break;
            }

            HasDoubledQuotes = true;
            at += 2;
        }

        int length = at - Start;
        Seek(at + 1);
        int end = FindEnd();
        ReadOnlySpan<byte> behind = _text[(at + 1)..end];
        Fault = behind.IsEmpty || (behind.SequenceEqual("\r"u8) && (end == _text.Length || _text[end] == (byte)'\n'))
            ? QuoteFault.None
            : QuoteFault.TextBehind;
        EndAt(end);
        Length = length;
    }

    // `end` is the delimiter or line end behind the cell, or the end of the text.
    private void EndAt(int end)
    {
        bool isAtEnd = end >= _text.Length;
        EndsRecord = isAtEnd || _text[end] != _delimiter;
        Length = end - Start;
        if (EndsRecord && Length > 0 && _text[end - 1] == (byte)'\r')
        {
            Length--;
        }

        _at = end + 1;
    }

    private int FindEnd()
    {
        while (_mask == 0)
        {
            _block += BlockBytes;
            if (_block >= _text.Length)
            {
                return _text.Length;
            }

            _mask = Mask(_text[_block..]);
        }

        int end = _block + BitOperations.TrailingZeroCount(_mask);
        _mask &= _mask - 1;
        return end;
    }

    private void Seek(int at)
    {
        _at = at;
        _block = at;
        _mask = at < _text.Length ? Mask(_text[at..]) : 0;
    }

    private readonly ulong Mask(ReadOnlySpan<byte> text)
    {
        if (text.Length < BlockBytes)
        {
            return MaskOfTail(text);
        }

        var delimiters = Vector256.Create(_delimiter);
        var lineEnds = Vector256.Create((byte)'\n');
        var first = Vector256.Create(text);
        var second = Vector256.Create(text[Vector256<byte>.Count..]);
        Vector256<byte> firstEnds = Vector256.Equals(first, delimiters) | Vector256.Equals(first, lineEnds);
        Vector256<byte> secondEnds = Vector256.Equals(second, delimiters) | Vector256.Equals(second, lineEnds);
        uint low = firstEnds.ExtractMostSignificantBits();
        uint high = secondEnds.ExtractMostSignificantBits();
        return low | ((ulong)high << 32);
    }

    private readonly ulong MaskOfTail(ReadOnlySpan<byte> text)
    {
        ulong mask = 0;
        for (int index = 0; index < text.Length; index++)
        {
            mask |= text[index] == _delimiter || text[index] == (byte)'\n' ? 1UL << index : 0;
        }

        return mask;
    }
}
