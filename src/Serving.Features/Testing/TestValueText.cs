using System.Text;
using Serving.Data;
using Serving.Data.Cells;

namespace Serving.Features.Testing;

/// <summary>A raw value of a test as its cell's text; equal values have equal texts.</summary>
internal static class TestValueText
{
    public static string Of(RowBatch rows, int column)
    {
        var buffer = new Utf8Buffer();
        FieldType type = rows.Schema.Fields[column].Type;
        CellWriter.WriteJson(buffer, type, rows.Get(0, column), rows);
        return Encoding.UTF8.GetString(buffer.Written);
    }
}
