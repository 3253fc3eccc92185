using Serving.Data;
using Serving.Data.Windows;

namespace Serving.Engine.Offline;

/// <summary>What one thread of an offline run does with its rows. One thread; buffers are reused.</summary>
internal abstract class ChunkWorker
{
    /// <summary>Makes a worker whose results have a schema.</summary>
    protected ChunkWorker(RowSchema rows, RowSchema? kept, RowSchema output, WindowPlan windows)
    {
        Windows = windows.IsEmpty ? null : new WindowValues(windows);
        Rows = new RowBatch(rows);
        Kept = kept is null ? null : new RowBatch(kept);
        Output = new RowBatch(output);
    }

    /// <summary>Parsed rows.</summary>
    public RowBatch Rows { get; }

    /// <summary>Kept columns of the same rows.</summary>
    public RowBatch? Kept { get; }

    /// <summary>Window values of the same rows; null without windows.</summary>
    public WindowValues? Windows { get; }

    /// <summary>Results, one row for each.</summary>
    public RowBatch Output { get; }

    /// <summary>Results that saturated so far.</summary>
    public virtual long SaturationCount => 0;

    /// <summary>Numbers that became missing so far.</summary>
    public long NotFiniteCount => Rows.NotFiniteCounts.Sum() + Output.NotFiniteCounts.Sum();

    /// <summary>Parses a chunk.</summary>
    /// <exception cref="InputException">Rows are wrong.</exception>
    public void Parse(IRowChunk chunk)
    {
        if (Windows is null)
        {
            chunk.Parse(Rows, Kept);
        }
        else
        {
            ((IWindowedChunk)chunk).Parse(Rows, Kept, Windows);
        }
    }

    /// <summary>Fills <see cref="Output"/> from <see cref="Rows"/>.</summary>
    /// <param name="firstRow">Number of the first row in its source, for messages.</param>
    /// <exception cref="InputException">A row has a value that the model does not take.</exception>
    public abstract void Fill(long firstRow);
}
