using Serving.Data;
using Serving.Data.Windows;

namespace Serving.Engine.Offline.Windows;

/// <summary>Rows that are computed already.</summary>
internal sealed class ReadyChunk(long firstRow, RowBatch ready, RowBatch? readyKept, WindowValues values)
    : IWindowedChunk
{
    public long FirstRow => firstRow;

    public void Parse(RowBatch rows, RowBatch? kept)
    {
        rows.CopyFrom(ready);
        kept?.CopyFrom(readyKept!);
    }

    public void Parse(RowBatch rows, RowBatch? kept, WindowValues windows)
    {
        Parse(rows, kept);
        windows.CopyFrom(values);
    }

    public void Dispose()
    {
        // The rows are the chunk's own.
    }
}
