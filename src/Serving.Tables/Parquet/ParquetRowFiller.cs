using System.Collections.Immutable;
using System.Text;
using DuckDB.NET.Data;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Time;
using Serving.Tables.Columns;

namespace Serving.Tables.Parquet;

/// <summary>Takes one row after the other from DuckDB's reader into a chunk. One thread.</summary>
internal sealed class ParquetRowFiller
{
    private static readonly FieldType s_time = new(ValueKind.Time);

    private readonly ColumnPlan _plan;
    private readonly ImmutableArray<ParquetColumn> _columns;
    private readonly CellReader _reader;
    private readonly GeneratedSlots _generated;
    private byte[] _text = new byte[256];

    public ParquetRowFiller(ColumnPlan plan, ILocalTimeZone zone, ImmutableArray<ParquetColumn> columns)
    {
        _plan = plan;
        _columns = columns;
        _reader = new CellReader(zone);
        _generated = new GeneratedSlots(plan);
    }

    /// <summary>Appends the reader's row to the chunk.</summary>
    public void Fill(DuckDBDataReader source, ParquetChunk chunk, long rowNumber)
    {
        if (chunk.Rows.RowCount == 0)
        {
            _generated.Begin(chunk.Rows, _reader);
        }

        int row = chunk.Rows.AddRow();
        chunk.Kept?.AddRow();
        for (int ordinal = 0; ordinal < _columns.Length; ordinal++)
        {
            ParquetColumn column = _columns[ordinal];
            if (!source.IsDBNull(ordinal))
            {
                Store(source, ordinal, column, chunk, row, rowNumber);
            }
            else if (!column.Target.Type.Optional)
            {
                chunk.Problems.Add(CellProblems.Missing(Place(rowNumber), column.Name, "null", column.Target.Type));
            }
        }

        _generated.Fill(chunk.Rows, row, rowNumber);
    }

    private void Store(
        DuckDBDataReader source, int ordinal, ParquetColumn column, ParquetChunk chunk, int row, long rowNumber)
    {
        RowBatch batch = column.Target.IsKept ? chunk.Kept! : chunk.Rows;
        int field = column.Target.Field;
        switch (column.Access)
        {
            case ParquetAccess.Integer:
                batch.Set(row, field, source.GetInt64(ordinal));
                break;
            case ParquetAccess.Bool:
                batch.Set(row, field, source.GetBoolean(ordinal) ? 1 : 0);
                break;
            case ParquetAccess.Float when !column.Target.IsKept:
                StoreFloat(source.GetDouble(ordinal), column, chunk, row, rowNumber);
                break;
            case ParquetAccess.Float:
                batch.SetText(row, field, _text.AsSpan(0, CellWriter.WriteFloat(_text, source.GetDouble(ordinal))));
                break;
            case ParquetAccess.Microseconds:
                StoreInstant(FloorToMs(source.GetInt64(ordinal)), column, chunk, row, rowNumber);
                break;
            default:
                StoreText(TextOf(source.GetString(ordinal), column), column, chunk, row, rowNumber);
                break;
        }
    }

    private void StoreFloat(double value, ParquetColumn column, ParquetChunk chunk, int row, long rowNumber)
    {
        if (!chunk.Rows.SetFloat(row, column.Target.Field, value) && !column.Target.Type.Optional)
        {
            int length = CellWriter.WriteFloat(_text, value);
            Refuse(_text.AsSpan(0, length), CellFault.NotFinite, column, chunk, rowNumber);
        }
    }

    private void StoreInstant(long ms, ParquetColumn column, ParquetChunk chunk, int row, long rowNumber)
    {
        if (column.Target.Type.Kind == ValueKind.Time && ms is >= -62_135_596_800_000 and <= 253_402_300_799_999)
        {
            chunk.Rows.Set(row, column.Target.Field, ms);
            return;
        }

        int length = CellWriter.WriteScalar(_text, s_time, ms);
        StoreText(_text.AsSpan(0, length), column, chunk, row, rowNumber);
    }

    private void StoreText(ReadOnlySpan<byte> text, ParquetColumn column, ParquetChunk chunk, int row, long rowNumber)
    {
        if (column.Target.IsKept)
        {
            chunk.Kept!.SetText(row, column.Target.Field, text);
            return;
        }

        CellFault fault = _reader.Read(text, column.Target.Type, chunk.Rows, row, column.Target.Field);
        if (fault != CellFault.None)
        {
            Refuse(text, fault, column, chunk, rowNumber);
        }
    }

    private ReadOnlySpan<byte> TextOf(string value, ParquetColumn column)
    {
        int bytesMax = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (_text.Length < bytesMax)
        {
            _text = new byte[bytesMax];
        }

        ReadOnlySpan<byte> text = _text.AsSpan(0, Encoding.UTF8.GetBytes(value, _text));
        if (column.Access == ParquetAccess.FloatText)
        {
            return text.EndsWith(".0"u8) ? text[..^2] : text;
        }

        return column.Access == ParquetAccess.DecimalText && column.Target.Type.Kind != ValueKind.String
            ? TrimToScale(text, column.Target.Type.Scale)
            : text;
    }

    // Zeros that the column's scale adds behind the field's scale say nothing; other digits there are refused later.
    private static ReadOnlySpan<byte> TrimToScale(ReadOnlySpan<byte> text, int scale)
    {
        int point = text.IndexOf((byte)'.');
        while (point >= 0 && text.Length - point - 1 > scale && text[^1] == (byte)'0')
        {
            text = text[..^1];
        }

        return text.EndsWith("."u8) ? text[..^1] : text;
    }

    private static long FloorToMs(long microseconds) => (microseconds - (((microseconds % 1000) + 1000) % 1000)) / 1000;

    private void Refuse(
        ReadOnlySpan<byte> text, CellFault fault, ParquetColumn column, ParquetChunk chunk, long rowNumber) =>
        chunk.Problems.Add(CellProblems.Bad(Place(rowNumber), column.Name, text, fault, column.Target.Type));

    private string Place(long rowNumber) => $"{_plan.Path} row {rowNumber}";
}
