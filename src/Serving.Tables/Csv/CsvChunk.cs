using System.Collections.Concurrent;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Time;
using Serving.Tables.Columns;
using Serving.Tables.Files;

namespace Serving.Tables.Csv;

/// <summary>Whole records of a file of separated values, in a buffer that is reused. One thread at a time.</summary>
internal sealed class CsvChunk : IRowChunk
{
    private readonly ColumnPlan _plan;
    private readonly byte _delimiter;
    private readonly ConcurrentBag<CsvChunk> _home;
    private readonly CellReader _reader;
    private readonly GeneratedSlots _generated;
    private readonly ProblemList _problems = new();

    private byte[] _buffer = [];
    private byte[] _scratch = [];
    private TextPiece _piece;
    private long _line;

    // 1 while handed out, so that disposing twice does not hand the chunk out twice.
    private int _isRented;

    public CsvChunk(ColumnPlan plan, ILocalTimeZone zone, byte delimiter, ConcurrentBag<CsvChunk> home)
    {
        _plan = plan;
        _delimiter = delimiter;
        _home = home;
        _reader = new CellReader(zone);
        _generated = new GeneratedSlots(plan);
    }

    public long FirstRow => _piece.FirstRow;

    /// <summary>Reads the next records into the chunk; false at the end.</summary>
    public bool TryFill(PieceReader pieces)
    {
        Volatile.Write(ref _isRented, 1);
        return pieces.TryRead(ref _buffer, out _piece);
    }

    public void Parse(RowBatch rows, RowBatch? kept)
    {
        rows.Clear();
        kept?.Clear();
        _problems.Clear();
        _generated.Begin(rows, _reader);
        _line = _piece.FirstLine;
        bool skipsBlankLines = _plan.Columns.Length > 1;
        var cursor = new CsvCellCursor(_buffer.AsSpan(0, _piece.Length), _delimiter);
        while (!cursor.IsAtEnd)
        {
            if (!skipsBlankLines || !cursor.TrySkipBlankLine())
            {
                ParseRecord(ref cursor, rows, kept);
            }

            _line++;
        }

        _problems.ThrowIfAny();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isRented, 0) == 1)
        {
            _home.Add(this);
        }
    }

    private void ParseRecord(ref CsvCellCursor cursor, RowBatch rows, RowBatch? kept)
    {
        int row = rows.AddRow();
        kept?.AddRow();
        int[] starts = _plan.Starts;
        ColumnTarget[] targets = _plan.Targets;
        long line = _line;
        int column = 0;
        do
        {
            cursor.Next();
            if (cursor.IsQuoted)
            {
                CheckQuotes(ref cursor, column, line);
            }

            if (column < starts.Length - 1)
            {
                for (int index = starts[column]; index < starts[column + 1]; index++)
                {
                    Store(ref cursor, in targets[index], targets[index].IsKept ? kept! : rows, row, line);
                }
            }

            column++;
        }
        while (!cursor.EndsRecord);
        if (column != starts.Length - 1 && cursor.Fault != QuoteFault.NeverClosed)
        {
            RefuseCount(column, line);
        }

        _generated.Fill(rows, row, FirstRow + row);
    }

    private void Store(ref CsvCellCursor cursor, in ColumnTarget target, RowBatch batch, int row, long line)
    {
        if (cursor.Length == 0 && !cursor.IsQuoted)
        {
            if (!target.Type.Optional)
            {
                RefuseMissing(target, line);
            }

            return;
        }

        ReadOnlySpan<byte> text = _buffer.AsSpan(cursor.Start, cursor.Length);
        if (cursor.HasDoubledQuotes)
        {
            text = Undouble(text);
        }

        if (target.IsKept)
        {
            batch.SetText(row, target.Field, text);
            return;
        }

        CellFault fault = _reader.Read(text, target.Type, batch, row, target.Field);
        if (fault != CellFault.None && cursor.Fault == QuoteFault.None)
        {
            Refuse(text, fault, target, line);
        }
    }

    private ReadOnlySpan<byte> Undouble(ReadOnlySpan<byte> text)
    {
        if (_scratch.Length < text.Length)
        {
            _scratch = new byte[text.Length * 2];
        }

        int written = 0;
        for (int at = 0; at < text.Length; at++)
        {
            _scratch[written++] = text[at];
            at += text[at] == CsvDialect.Quote ? 1 : 0;
        }

        return _scratch.AsSpan(0, written);
    }

    private void CheckQuotes(ref CsvCellCursor cursor, int column, long line)
    {
        ReadOnlySpan<byte> text = _buffer.AsSpan(cursor.Start, cursor.Length);
        _line += text.Count((byte)'\n');
        if (cursor.Fault == QuoteFault.None)
        {
            return;
        }

        bool isOpen = cursor.Fault == QuoteFault.NeverClosed;
        _problems.Add(new InputProblem(
            $"{Place(line)}, column '{NameOf(column)}'",
            isOpen ? $"a quote that is never closed, before {CellProblems.Quote(text)}"
                : $"text behind the closing quote of {CellProblems.Quote(text)}",
            isOpen ? "a closing quote" : "a delimiter or a line end",
            "double the quotes inside a quoted cell"));
    }

    private void Refuse(ReadOnlySpan<byte> text, CellFault fault, in ColumnTarget target, long line)
    {
        if (!_problems.TakesWords)
        {
            _problems.AddUnseen();
        }
        else if (text.IsEmpty)
        {
            _problems.Add(new InputProblem(
                $"{Place(line)}, column '{NameOf(target.Column)}'",
                "an empty cell in quotes, which is the empty string",
                target.Type.ToString(), "leave the quotes out for a missing value"));
        }
        else
        {
            _problems.Add(CellProblems.Bad(Place(line), NameOf(target.Column), text, fault, target.Type));
        }
    }

    private void RefuseMissing(in ColumnTarget target, long line) =>
        _problems.Add(CellProblems.Missing(Place(line), NameOf(target.Column), "an empty cell", target.Type));

    private void RefuseCount(int found, long line) =>
        _problems.Add(new InputProblem(
            Place(line), $"{found} cells", $"{_plan.Columns.Length} cells, as in the header",
            "put cells that hold a delimiter in quotes"));

    private string Place(long line) => $"{_plan.Path}:{line}";

    private string NameOf(int column) => column < _plan.Columns.Length ? _plan.Columns[column] : $"{column + 1}";
}
