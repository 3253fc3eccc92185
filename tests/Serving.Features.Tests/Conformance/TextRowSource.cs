using Serving.Data;

namespace Serving.Features.Tests.Conformance;

/// <summary>The rows of a case as one chunk, for fitting.</summary>
internal sealed class TextRowSource(RowSchema schema, string csv) : IRowSource, IRowChunk
{
    private bool _isTaken;

    public RowSchema Schema => schema;

    public RowSchema? KeptSchema => null;

    public double Progress => _isTaken ? 1 : 0;

    public long FirstRow => 1;

    public IRowChunk? ReadChunk()
    {
        IRowChunk? chunk = _isTaken ? null : this;
        _isTaken = true;
        return chunk;
    }

    public void Parse(RowBatch rows, RowBatch? kept)
    {
        rows.Clear();
        CellReader.Fill(rows, csv);
    }

    public void Dispose()
    {
    }
}
