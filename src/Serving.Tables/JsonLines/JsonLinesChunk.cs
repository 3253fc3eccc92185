using System.Text.Json;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Time;
using Serving.Tables.Columns;
using Serving.Tables.Files;

namespace Serving.Tables.JsonLines;

/// <summary>Whole lines of JSON objects in a buffer that is reused. One thread at a time.</summary>
internal sealed class JsonLinesChunk : IRowChunk
{
    // Each damaged line costs an exception of the JSON reader; a chunk of nothing else ends early.
    private const int DamagedLinesMax = 1000;

    private readonly ColumnPlan _plan;
    private readonly RowSchema _keys;
    private readonly JsonLinesRowSource _home;
    private readonly CellReader _reader;
    private readonly GeneratedSlots _generated;
    private readonly UnknownKeys _unknown = new();
    private readonly ProblemList _problems = new();

    // Row (from 1) that had a key last, by place of the key: a key seen twice in a row is an error.
    private readonly long[] _lastRows;

    private byte[] _buffer = [];
    private TextPiece _piece;
    private long _rowNumber;
    private long _line;
    private bool _hasUnknown;

    // 1 while handed out, so that disposing twice does not hand the chunk out twice.
    private int _isRented;

    public JsonLinesChunk(ColumnPlan plan, RowSchema keys, ILocalTimeZone zone, JsonLinesRowSource home)
    {
        _plan = plan;
        _keys = keys;
        _home = home;
        _reader = new CellReader(zone);
        _generated = new GeneratedSlots(plan);
        _lastRows = new long[keys.Fields.Length];
    }

    public long FirstRow => _piece.FirstRow;

    /// <summary>Reads the next lines into the chunk; false at the end.</summary>
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
        _hasUnknown = false;
        _generated.Begin(rows, _reader);
        _line = _piece.FirstLine;
        _rowNumber = _piece.FirstRow;
        Array.Clear(_lastRows);
        int damaged = 0;
        ReadOnlySpan<byte> text = _buffer.AsSpan(0, _piece.Length);
        while (!text.IsEmpty && damaged < DamagedLinesMax)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            if (!JsonLineCutter.IsBlank(line))
            {
                damaged += TryParseLine(line, rows, kept) ? 0 : 1;
                _rowNumber++;
            }

            _line++;
        }

        if (_hasUnknown)
        {
            _home.TellUnknown(_unknown);
        }

        _problems.ThrowIfAny();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isRented, 0) == 1)
        {
            _home.Return(this);
        }
    }

    private bool TryParseLine(ReadOnlySpan<byte> line, RowBatch rows, RowBatch? kept)
    {
        int row = rows.AddRow();
        kept?.AddRow();
        long problemsBefore = _problems.Count;
        try
        {
            ParseObject(line, rows, kept, row);
        }
        catch (JsonException error)
        {
            _problems.Add(new InputProblem(
                $"{Place()}, byte {error.BytePositionInLine + 1}", CellProblems.Quote(Around(line, error)),
                "one JSON object", "check quotes, commas and brackets there"));
            return false;
        }

        _generated.Fill(rows, row, _rowNumber);
        if (_problems.Count == problemsBefore)
        {
            CheckRequired(rows, row);
        }

        return true;
    }

    private void ParseObject(ReadOnlySpan<byte> line, RowBatch rows, RowBatch? kept, int row)
    {
        var json = new Utf8JsonReader(line);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            _problems.Add(new InputProblem(Place(), CellProblems.Quote(line), "one JSON object, e.g. {\"id\":\"a\"}"));
            json.Skip();
            return;
        }

        int guess = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            int key = FindKey(ref json, guess);
            json.Read();
            long start = json.TokenStartIndex;
            JsonTokenType kind = json.TokenType;
            bool isEscaped = json.ValueIsEscaped;
            ReadOnlySpan<byte> value = kind is JsonTokenType.String or JsonTokenType.Number ? json.ValueSpan : [];
            if (kind is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                json.Skip();
                value = line[(int)start..(int)json.BytesConsumed];
            }

            if (key >= 0)
            {
                guess = key + 1;
                StoreAll(key, kind, value, isEscaped, rows, kept, row);
            }
        }

        // Asks for what follows the object: the reader refuses all but blanks.
        json.Read();
    }

    // Place of the key, or -1 when nobody wants it. Writers keep an order, so the next key is tried first.
    private int FindKey(ref Utf8JsonReader json, int guess)
    {
        int key = -1;
        if (guess < _lastRows.Length && json.ValueTextEquals(_keys.Utf8Name(guess)))
        {
            key = guess;
        }
        else
        {
            ReadOnlySpan<byte> name = json.ValueSpan;
            if (json.ValueIsEscaped && _reader.UnescapeJson(name, out ReadOnlySpan<byte> plain) == CellFault.None)
            {
                name = plain;
            }

            key = _keys.IndexOf(name);
            _hasUnknown |= key < 0;
            if (key < 0 && !_unknown.TryAdd(name, _rowNumber))
            {
                RefuseDouble(name);
            }
        }

        if (key >= 0 && _lastRows[key] == _rowNumber)
        {
            RefuseDouble(_keys.Utf8Name(key));
        }
        else if (key >= 0)
        {
            _lastRows[key] = _rowNumber;
        }

        return key;
    }

    private void StoreAll(
        int key, JsonTokenType kind, ReadOnlySpan<byte> value, bool isEscaped, RowBatch rows, RowBatch? kept, int row)
    {
        if (kind == JsonTokenType.Null)
        {
            return;
        }

        if (kind is JsonTokenType.True or JsonTokenType.False)
        {
            value = kind == JsonTokenType.True ? "true"u8 : "false"u8;
        }

        bool isDamaged = isEscaped && _reader.UnescapeJson(value, out value) != CellFault.None;
        for (int index = _plan.Starts[key]; index < _plan.Starts[key + 1]; index++)
        {
            ref readonly ColumnTarget target = ref _plan.Targets[index];
            CellFault fault = isDamaged
                ? CellFault.Malformed
                : Store(target, kind, value, target.IsKept ? kept! : rows, row);
            if (fault != CellFault.None)
            {
                Refuse(target, kind, value, fault);
            }
        }
    }

    private CellFault Store(
        in ColumnTarget target, JsonTokenType kind, ReadOnlySpan<byte> value, RowBatch batch, int row)
    {
        if (target.IsKept)
        {
            batch.SetText(row, target.Field, value);
            return CellFault.None;
        }

        bool fits = target.Type.Kind switch
        {
            ValueKind.List => kind == JsonTokenType.StartArray,
            ValueKind.String => kind == JsonTokenType.String,
            ValueKind.Bool => kind is not (JsonTokenType.StartArray or JsonTokenType.StartObject),
            _ => kind is JsonTokenType.Number or JsonTokenType.String,
        };
        if (!fits)
        {
            return CellFault.Malformed;
        }

        // A number that is too great is malformed JSON whatever the field (R92); the word NaN in a string is a cell.
        if (kind == JsonTokenType.Number && target.Type.Kind == ValueKind.Float)
        {
            CellFault fault = _reader.ReadNumber(value, target.Type, out long slot);
            if (fault == CellFault.None)
            {
                batch.Set(row, target.Field, slot);
            }

            return fault;
        }

        return _reader.Read(value, target.Type, batch, row, target.Field);
    }

    private void CheckRequired(RowBatch rows, int row)
    {
        foreach (ColumnTarget target in _plan.Targets)
        {
            if (!target.IsKept && !target.Type.Optional && !rows.IsPresent(row, target.Field))
            {
                _problems.Add(CellProblems.Missing(
                    Place(), _plan.Columns[target.Column], "null or no such key", target.Type));
            }
        }
    }

    private void Refuse(in ColumnTarget target, JsonTokenType kind, ReadOnlySpan<byte> value, CellFault fault)
    {
        bool isText = target.Type.Kind == ValueKind.String && kind == JsonTokenType.Number;
        _problems.Add(isText
            ? new InputProblem(
                $"{Place()}, column '{_plan.Columns[target.Column]}'", $"the number {CellProblems.Quote(value)}",
                target.Type.ToString(), "write it as a JSON string")
            : CellProblems.Bad(Place(), _plan.Columns[target.Column], value, fault, target.Type));
    }

    private void RefuseDouble(ReadOnlySpan<byte> name) =>
        _problems.Add(new InputProblem(Place(), $"the key {CellProblems.Quote(name)} twice", "every key once"));

    private string Place() => $"{_plan.Path}:{_line}";

    private static ReadOnlySpan<byte> Around(ReadOnlySpan<byte> line, JsonException error)
    {
        int at = (int)Math.Clamp(error.BytePositionInLine ?? 0, 0, line.Length);
        int start = Math.Max(at - 20, 0);
        return line[start..Math.Min(at + 20, line.Length)];
    }
}
