using Serving.Data;
using Serving.Features.Tests.Conformance;

namespace Serving.Engine.Tests.Windows;

/// <summary>Keeps rows as the texts of their cells; null is a missing one.</summary>
internal sealed class CellRowSink : IRowSink
{
    public List<string?[]> Rows { get; } = [];

    public IFormattedRows Format(RowBatch rows, RowBatch? kept) => new Formatted(
    [
        .. Enumerable.Range(0, rows.RowCount).Select(row =>
            Enumerable.Range(0, rows.FieldCount).Select(field => CellWriter.Raw(rows, row, field)).ToArray()),
    ]);

    public void Write(IFormattedRows formatted) => Rows.AddRange(((Formatted)formatted).Cells);

    public void Complete()
    {
        // Nothing is to be written.
    }

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed record Formatted(List<string?[]> Cells) : IFormattedRows
    {
        public int RowCount => Cells.Count;

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
