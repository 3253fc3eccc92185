using Serving.Data;
using Serving.Data.Windows;

namespace Serving.Engine.Offline.Sorting;

/// <summary>Sorted rows whose bytes are not parsed yet.</summary>
internal sealed class SortedChunk(long firstRow) : IWindowedChunk
{
    private readonly RowBytes _bytes = new();
    private readonly List<long> _positions = [];

    public long FirstRow => firstRow;

    public int RowCount => _positions.Count;

    public int ByteCount => _bytes.Written.Length;

    /// <summary>The position of each row in the input.</summary>
    public IReadOnlyList<long> Positions => _positions;

    public void Add(long position, ReadOnlySpan<byte> row)
    {
        _positions.Add(position);
        _bytes.Append(row);
    }

    public void Parse(RowBatch rows, RowBatch? kept) => ParseAll(rows, kept, null);

    public void Parse(RowBatch rows, RowBatch? kept, WindowValues windows) => ParseAll(rows, kept, windows);

    public void Dispose()
    {
        // The bytes are the chunk's own.
    }

    private void ParseAll(RowBatch rows, RowBatch? kept, WindowValues? windows)
    {
        rows.Clear();
        kept?.Clear();
        windows?.Clear();
        ReadOnlySpan<byte> rest = _bytes.Written;
        for (int row = 0; row < RowCount; row++)
        {
            rest = RowBytes.Read(rest, rows, rows.AddRow());
            rest = kept is null ? rest : RowBytes.Read(rest, kept, kept.AddRow());
            rest = windows is null ? rest : RowBytes.Read(rest, windows.Rows, windows.AddRow());
        }
    }
}
