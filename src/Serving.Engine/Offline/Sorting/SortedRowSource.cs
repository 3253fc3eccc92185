using Serving.Data;

namespace Serving.Engine.Offline.Sorting;

/// <summary>
/// Sorted rows as a source: chunks of bounded size, parsed by any thread. Takes the sorter over. One thread reads.
/// </summary>
internal sealed class SortedRowSource(
    RowSorter sorter, RowSchema schema, RowSchema? kept, long rowCount) : IRowSource
{
    private const int ChunkRowsMax = 16_384;
    private const int ChunkBytesMax = 4 << 20;

    private readonly SortedRows _rows = sorter.Complete();
    private long _nextRow = 1;

    public RowSchema Schema => schema;

    public RowSchema? KeptSchema => kept;

    public double Progress => rowCount == 0 ? 1 : (double)(_nextRow - 1) / rowCount;

    public IRowChunk? ReadChunk()
    {
        var chunk = new SortedChunk(_nextRow);
        while (chunk.RowCount < ChunkRowsMax && chunk.ByteCount < ChunkBytesMax && _rows.MoveNext())
        {
            chunk.Add(_rows.Position, _rows.Row);
        }

        _nextRow += chunk.RowCount;
        return chunk.RowCount == 0 ? null : chunk;
    }

    public void Dispose()
    {
        _rows.Dispose();
        sorter.Dispose();
    }
}
