using System.Buffers;
using System.Text;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Tables.Files;

namespace Serving.Tables.Csv;

/// <summary>
/// Writes rows as separated values (R91): LF ends lines, a cell is quoted only where it is the empty string or holds
/// the delimiter, a quote or a line end. Any threads format, one writes.
/// </summary>
internal sealed class CsvRowSink : IRowSink
{
    private readonly RowSchema _schema;
    private readonly RowSchema? _kept;
    private readonly byte _delimiter;
    private readonly SearchValues<byte> _quoted;
    private readonly OutputFile _output;
    private readonly BufferPool _buffers = new();

    public CsvRowSink(RowSchema schema, RowSchema? kept, byte delimiter, OutputFile output)
    {
        _schema = schema;
        _kept = kept;
        _delimiter = delimiter;
        _quoted = SearchValues.Create([delimiter, CsvDialect.Quote, (byte)'\r', (byte)'\n']);
        _output = output;
        WriteHeader();
    }

    public IFormattedRows Format(RowBatch rows, RowBatch? kept)
    {
        FormattedText formatted = _buffers.Rent(rows.RowCount);
        Utf8Buffer text = formatted.Text;
        for (int row = 0; row < rows.RowCount; row++)
        {
            WriteCells(text, formatted.Scratch, _schema, rows, row);
            if (_kept is not null)
            {
                text.Add(_delimiter);
                WriteCells(text, formatted.Scratch, _kept, kept!, row);
            }

            text.Add((byte)'\n');
        }

        return formatted;
    }

    public void Write(IFormattedRows formatted)
    {
        using var text = (FormattedText)formatted;
        _output.Write(text.Text.Written);
    }

    public void Complete() => _output.Complete();

    public void Dispose() => _output.Dispose();

    private void WriteHeader()
    {
        var text = new Utf8Buffer();
        foreach (Field field in _schema.Fields.Concat(_kept is null ? [] : _kept.Fields.AsEnumerable()))
        {
            if (text.Length > 0)
            {
                text.Add(_delimiter);
            }

            WriteText(text, Encoding.UTF8.GetBytes(field.Name));
        }

        text.Add((byte)'\n');
        _output.Write(text.Written);
    }

    private void WriteCells(Utf8Buffer text, Utf8Buffer scratch, RowSchema schema, RowBatch rows, int row)
    {
        ReadOnlySpan<Field> fields = schema.Fields.AsSpan();
        int slot = row * fields.Length;
        for (int index = 0; index < fields.Length; index++, slot++)
        {
            if (index > 0)
            {
                text.Add(_delimiter);
            }

            if (rows.Present[slot])
            {
                WriteCell(text, scratch, fields[index].Type, rows.Values[slot], rows);
            }
        }
    }

    private void WriteCell(Utf8Buffer text, Utf8Buffer scratch, in FieldType type, long slot, RowBatch rows)
    {
        switch (type.Kind)
        {
            case ValueKind.String:
                WriteText(text, rows.TextOf(slot));
                break;
            case ValueKind.List:
                scratch.Clear();
                CellWriter.Write(scratch, type, slot, rows);
                WriteText(text, scratch.Written);
                break;
            default:
                text.Advance(CellWriter.WriteScalar(text.GetSpan(CellWriter.ScalarBytesMax), type, slot));
                break;
        }
    }

    private void WriteText(Utf8Buffer text, ReadOnlySpan<byte> cell)
    {
        if (!cell.IsEmpty && !cell.ContainsAny(_quoted))
        {
            text.Add(cell);
            return;
        }

        text.Add(CsvDialect.Quote);
        for (int quote = cell.IndexOf(CsvDialect.Quote); quote >= 0; quote = cell.IndexOf(CsvDialect.Quote))
        {
            text.Add(cell[..(quote + 1)]);
            text.Add(CsvDialect.Quote);
            cell = cell[(quote + 1)..];
        }

        text.Add(cell);
        text.Add(CsvDialect.Quote);
    }
}
