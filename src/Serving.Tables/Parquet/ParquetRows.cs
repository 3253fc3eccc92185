using Serving.Data;

namespace Serving.Tables.Parquet;

/// <summary>A copy of rows that wait for the thread that appends them. One thread at a time.</summary>
internal sealed class ParquetRows(RowSchema schema, RowSchema? kept, Action<ParquetRows> giveBack) : IFormattedRows
{
    // 1 while rented: a caller may dispose what Write gave back already.
    private int _isRented;

    public int RowCount => Rows.RowCount;

    public RowBatch Rows { get; } = new(schema);

    public RowBatch? Kept { get; } = kept is null ? null : new(kept);

    public void Rent(RowBatch rows, RowBatch? keptRows)
    {
        Rows.CopyFrom(rows);
        Kept?.CopyFrom(keptRows!);
        Volatile.Write(ref _isRented, 1);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isRented, 0) == 1)
        {
            giveBack(this);
        }
    }
}
