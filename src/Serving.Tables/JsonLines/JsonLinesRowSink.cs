using System.Text;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Tables.Files;

namespace Serving.Tables.JsonLines;

/// <summary>Writes one JSON object per line; a missing value is null. Any threads format, one writes.</summary>
internal sealed class JsonLinesRowSink : IRowSink
{
    private readonly RowSchema _schema;
    private readonly RowSchema? _kept;
    private readonly OutputFile _output;
    private readonly BufferPool _buffers = new();

    // Bytes before the value of each field: `{"id":` for the first, `,"name":` for the others.
    private readonly byte[][] _prefixes;
    private readonly byte[][] _keptPrefixes;

    public JsonLinesRowSink(RowSchema schema, RowSchema? kept, OutputFile output)
    {
        _schema = schema;
        _kept = kept;
        _output = output;
        _prefixes = [.. schema.Fields.Select((field, index) => Prefix(index == 0 ? (byte)'{' : (byte)',', field.Name))];
        _keptPrefixes = [.. (kept?.Fields ?? []).Select(field => Prefix((byte)',', field.Name))];
    }

    public IFormattedRows Format(RowBatch rows, RowBatch? kept)
    {
        FormattedText formatted = _buffers.Rent(rows.RowCount);
        for (int row = 0; row < rows.RowCount; row++)
        {
            WriteMembers(formatted.Text, _schema, _prefixes, rows, row);
            if (_kept is not null)
            {
                WriteMembers(formatted.Text, _kept, _keptPrefixes, kept!, row);
            }

            formatted.Text.Add("}\n"u8);
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

    private static void WriteMembers(Utf8Buffer text, RowSchema schema, byte[][] prefixes, RowBatch rows, int row)
    {
        ReadOnlySpan<Field> fields = schema.Fields.AsSpan();
        int slot = row * fields.Length;
        for (int index = 0; index < fields.Length; index++, slot++)
        {
            text.Add(prefixes[index]);
            if (rows.Present[slot])
            {
                CellWriter.WriteJson(text, fields[index].Type, rows.Values[slot], rows);
            }
            else
            {
                text.Add("null"u8);
            }
        }
    }

    private static byte[] Prefix(byte before, string name)
    {
        var text = new Utf8Buffer();
        text.Add(before);
        JsonText.WriteString(text, Encoding.UTF8.GetBytes(name));
        text.Add((byte)':');
        return text.Written.ToArray();
    }
}
