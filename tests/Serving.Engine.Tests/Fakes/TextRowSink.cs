using System.Globalization;
using System.Text;
using Serving.Data;

namespace Serving.Engine.Tests.Fakes;

/// <summary>Rows as lines of text, and a check that one thread writes at a time.</summary>
internal sealed class TextRowSink : IRowSink
{
    private int _writers;

    public List<string> Lines { get; } = [];

    public bool IsComplete { get; private set; }

    public IFormattedRows Format(RowBatch rows, RowBatch? kept)
    {
        var lines = new List<string>();
        for (int row = 0; row < rows.RowCount; row++)
        {
            IEnumerable<string> cells = Enumerable.Range(0, rows.FieldCount).Select(field => Cell(rows, row, field));
            lines.Add(string.Join(',', kept is null ? cells : cells.Append(Cell(kept, row, 0))));
        }

        return new Formatted(lines);
    }

    public void Write(IFormattedRows formatted)
    {
        if (Interlocked.Increment(ref _writers) != 1)
        {
            throw new InvalidOperationException("two writers at a time");
        }

        Lines.AddRange(((Formatted)formatted).Lines);
        Interlocked.Decrement(ref _writers);
    }

    public void Complete() => IsComplete = true;

    public void Dispose()
    {
    }

    private static string Cell(RowBatch rows, int row, int field) => !rows.IsPresent(row, field)
        ? ""
        : rows.Schema.Fields[field].Type.Kind switch
        {
            ValueKind.Float => rows.GetFloat(row, field).ToString("R", CultureInfo.InvariantCulture),
            ValueKind.String => Encoding.UTF8.GetString(rows.GetText(row, field)),
            ValueKind.List => $"[{string.Join(' ', rows.GetList(row, field).ToArray())}]",
            _ => rows.Get(row, field).ToString(CultureInfo.InvariantCulture),
        };

    private sealed record Formatted(List<string> Lines) : IFormattedRows
    {
        public int RowCount => Lines.Count;

        public void Dispose()
        {
        }
    }
}
