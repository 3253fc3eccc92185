using Serving.Data;
using Serving.Tables.Columns;

namespace Serving.Tables.Parquet;

/// <summary>Rows that were taken from a Parquet file already. One thread at a time.</summary>
internal sealed class ParquetChunk(ColumnPlan plan, Action<ParquetChunk> giveBack) : IRowChunk
{
    // 1 while handed out, so that disposing twice does not hand the chunk out twice.
    private int _isRented;

    public long FirstRow { get; private set; }

    public RowBatch Rows { get; } = new(plan.Schema);

    public RowBatch? Kept { get; } = plan.KeptSchema is null ? null : new(plan.KeptSchema);

    public ProblemList Problems { get; } = new();

    /// <summary>Empties the chunk for rows from a number on.</summary>
    public void Rent(long firstRow)
    {
        FirstRow = firstRow;
        Rows.Clear();
        Kept?.Clear();
        Array.Clear(Rows.NotFiniteCounts);
        Array.Clear(Rows.NotUtf8Counts);
        Problems.Clear();
        Volatile.Write(ref _isRented, 1);
    }

    public void Parse(RowBatch rows, RowBatch? kept)
    {
        Problems.ThrowIfAny();
        rows.CopyFrom(Rows);
        for (int field = 0; field < rows.FieldCount; field++)
        {
            rows.NotFiniteCounts[field] += Rows.NotFiniteCounts[field];
            rows.NotUtf8Counts[field] += Rows.NotUtf8Counts[field];
        }

        kept?.CopyFrom(Kept!);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isRented, 0) == 1)
        {
            giveBack(this);
        }
    }
}
