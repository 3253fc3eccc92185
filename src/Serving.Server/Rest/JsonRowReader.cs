using System.Text.Json;
using System.Text.Unicode;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Engine.Pipeline;
using Serving.Server.Rows;

namespace Serving.Server.Rest;

/// <summary>
/// Reads the body of a score request, one object of fields or an array of them, straight into the slots of a batch.
/// Strict: no comment, no trailing comma, no field twice, no number that is not finite, nothing behind the document;
/// unknown fields are named. Not safe for use by several threads; reused.
/// </summary>
internal sealed class JsonRowReader
{
    /// <summary>Deepest nesting; a row has two levels and a list one more.</summary>
    public const int DepthMax = 64;

    private readonly RequestProblems _problems;
    private readonly JsonSlots _slots = new();
    private readonly int _rowsMax;

    // Bit per place of the schema: whether this row gave it.
    private ulong[] _seen = new ulong[4];

    /// <summary>Makes a reader that notes what is wrong.</summary>
    public JsonRowReader(RequestProblems problems, int rowsMax)
    {
        _problems = problems;
        _rowsMax = rowsMax;
    }

    /// <summary>Reads a body; what is wrong goes to the problems. Total on hostile bytes.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="schema">What rows may say.</param>
    /// <param name="batch">Receives the rows.</param>
    /// <param name="isArray">Whether the body is an array, so that the answer is one.</param>
    public void Read(ReadOnlySpan<byte> body, RequestSchema schema, RowBatch batch, out bool isArray)
    {
        isArray = false;
        if (!Utf8.IsValid(body))
        {
            _problems.Add(RequestProblems.NoRow, null, "the body is not UTF-8");
            return;
        }

        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DepthMax });
        try
        {
            ReadDocument(ref reader, schema, batch, ref isArray);
        }
        catch (JsonException exception)
        {
            NoteMalformed(exception.LineNumber, exception.BytePositionInLine);
        }
        catch (InvalidOperationException)
        {
            // A surrogate without its other half: the reader's only other complaint about a token of the right kind.
            _problems.Add(RequestProblems.NoRow, null, $"text at byte {reader.TokenStartIndex} is not Unicode");
        }
    }

    private void ReadDocument(ref Utf8JsonReader reader, RequestSchema schema, RowBatch batch, ref bool isArray)
    {
        if (!reader.Read())
        {
            _problems.Add(
                RequestProblems.NoRow, null, "the body is empty, expected an object of fields or an array of them");
            return;
        }

        isArray = reader.TokenType == JsonTokenType.StartArray;
        if (isArray)
        {
            ReadArray(ref reader, schema, batch);
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadRow(ref reader, schema, batch, RequestProblems.NoRow);
        }
        else
        {
            _problems.Add(
                RequestProblems.NoRow, null,
                    "the body is a bare value, expected an object of fields or an array of them");
        }

        // A second document, or anything else behind the first, is malformed.
        while (reader.Read())
        {
        }
    }

    private void ReadArray(ref Utf8JsonReader reader, RequestSchema schema, RowBatch batch)
    {
        int row = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (row == _rowsMax)
            {
                _problems.Add(
                    RequestProblems.NoRow, null, $"found more than {_rowsMax} rows, expected at most as many");
                return;
            }

            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadRow(ref reader, schema, batch, row);
            }
            else
            {
                _problems.Add(row, null, "not an object of fields");
                _slots.Skip(ref reader);
            }

            row++;
        }

        if (row == 0)
        {
            _problems.Add(RequestProblems.NoRow, null, "found no rows, expected at least one");
        }
    }

    private void ReadRow(ref Utf8JsonReader reader, RequestSchema schema, RowBatch batch, int row)
    {
        int target = batch.AddRow();
        ClearSeen(batch.FieldCount);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = _slots.Text(ref reader);
            int place = schema.PlaceOf(name);
            if (place == RequestSchema.Unknown)
            {
                _problems.AddUnknownField(row, name);
            }
            else if (place >= 0 && !See(place))
            {
                _problems.AddDuplicate(row, name);
                place = RequestSchema.Ignored;
            }

            reader.Read();
            if (place < 0)
            {
                _slots.Skip(ref reader);
                continue;
            }

            Field field = batch.Schema.Fields[place];
            CellFault fault = _slots.Write(ref reader, batch, target, place, field.Type, out string found);
            if (fault != CellFault.None)
            {
                _problems.AddValue(row, field, fault, found);
            }
        }
    }

    private bool See(int place)
    {
        ulong bit = 1UL << (place & 63);
        bool isNew = (_seen[place >> 6] & bit) == 0;
        _seen[place >> 6] |= bit;
        return isNew;
    }

    private void ClearSeen(int fieldCount)
    {
        int words = (fieldCount + 63) >> 6;
        if (_seen.Length < words)
        {
            _seen = new ulong[words];
        }

        Array.Clear(_seen, 0, words);
    }

    private void NoteMalformed(long? line, long? position) => _problems.Add(
        RequestProblems.NoRow, null, $"the body is not JSON: line {(line ?? 0) + 1}, byte {(position ?? 0) + 1}");
}
