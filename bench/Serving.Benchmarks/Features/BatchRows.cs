using Serving.Data;

namespace Serving.Benchmarks.Features;

/// <summary>Rows of a batch as a source of one chunk, to fit on.</summary>
internal sealed class BatchRows(RowBatch rows) : IRowSource, IRowChunk
{
    private bool _isRead;

    public RowSchema Schema => rows.Schema;

    public RowSchema? KeptSchema => null;

    public double Progress => _isRead ? 1 : 0;

    public long FirstRow => 0;

    public IRowChunk? ReadChunk()
    {
        if (_isRead)
        {
            return null;
        }

        _isRead = true;
        return this;
    }

    public void Parse(RowBatch batch, RowBatch? kept) => batch.CopyFrom(rows);

    public void Dispose()
    {
        // The batch belongs to the benchmark.
    }
}
