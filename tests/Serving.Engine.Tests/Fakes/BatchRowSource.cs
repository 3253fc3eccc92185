using Serving.Data;
using Serving.Engine.Offline;

namespace Serving.Engine.Tests.Fakes;

/// <summary>Rows of a batch as a source, in chunks of one size, in a given order.</summary>
internal sealed class BatchRowSource(RowBatch all, IReadOnlyList<int> order, int chunkRows) : IRowSource
{
    private int _next;

    public RowSchema Schema => all.Schema;

    public RowSchema? KeptSchema => null;

    public double Progress => (double)_next / Math.Max(1, order.Count);

    public IRowChunk? ReadChunk()
    {
        if (_next >= order.Count)
        {
            return null;
        }

        var chunk = new Chunk(all, [.. order.Skip(_next).Take(chunkRows)], _next + 1);
        _next += chunkRows;
        return chunk;
    }

    public void Dispose()
    {
    }

    private sealed class Chunk(RowBatch all, int[] rows, long firstRow) : IRowChunk
    {
        public long FirstRow => firstRow;

        public void Parse(RowBatch batch, RowBatch? kept)
        {
            batch.Clear();
            foreach (int row in rows)
            {
                OfflineRows.CopyFields(all, row, batch, batch.AddRow(), 0);
            }
        }

        public void Dispose()
        {
        }
    }
}
