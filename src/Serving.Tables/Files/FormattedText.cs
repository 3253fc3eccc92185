using Serving.Data;
using Serving.Data.Cells;

namespace Serving.Tables.Files;

/// <summary>Rows as text in a buffer that goes back to its pool. One thread at a time.</summary>
internal sealed class FormattedText(BufferPool home) : IFormattedRows
{
    // 1 while rented: a caller may dispose what Write gave back already. The two may be on different threads.
    private int _isRented;

    public int RowCount { get; private set; }

    public Utf8Buffer Text { get; } = new(1 << 16);

    /// <summary>For the text of one cell.</summary>
    public Utf8Buffer Scratch { get; } = new();

    public void Rent(int rowCount)
    {
        Text.Clear();
        RowCount = rowCount;
        Volatile.Write(ref _isRented, 1);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isRented, 0) == 1)
        {
            home.Return(this);
        }
    }
}
