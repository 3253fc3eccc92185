using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Offline.Windows;

namespace Serving.Engine.Offline.Sorting;

/// <summary>Puts rows that were worked off in the order of their time back into the order of their file.</summary>
internal static class FileOrder
{
    /// <summary>
    /// Reads a source to its end and returns its rows, with kept columns and window values, by position; disposes it.
    /// </summary>
    /// <exception cref="InputException">Rows are wrong.</exception>
    public static SortedRowSource Restore(
        WindowRowSource source, WindowRunPlan plan, long memoryBytes, string folder, RowFilter? filter)
    {
        RowSorter? sorter = new(memoryBytes, folder);
        try
        {
            long count = Fill(sorter, source, plan, filter);
            var restored = new SortedRowSource(sorter, source.Schema, source.KeptSchema, count);
            sorter = null;
            return restored;
        }
        finally
        {
            source.Dispose();
            sorter?.Dispose();
        }
    }

    private static long Fill(RowSorter sorter, WindowRowSource source, WindowRunPlan plan, RowFilter? filter)
    {
        var rows = new RowBatch(source.Schema);
        RowBatch? kept = source.KeptSchema is null ? null : new RowBatch(source.KeptSchema);
        var values = new WindowValues(plan.Windows);
        var bytes = new RowBytes();
        long count = 0;
        while (true)
        {
            using var chunk = (WindowChunk?)source.ReadChunk();
            if (chunk is null)
            {
                return count;
            }

            chunk.Parse(rows, kept, values);
            for (int row = 0; row < rows.RowCount; row++)
            {
                if (filter is not null && !filter.Keeps(rows.Get(row, filter.TimeField)))
                {
                    continue;
                }

                bytes.Clear();
                bytes.Write(rows, row);
                if (kept is not null)
                {
                    bytes.Write(kept, row);
                }

                if (plan.Joined is null)
                {
                    bytes.Write(values.Rows, row);
                }

                long position = chunk.Batch.Positions[row];
                sorter.Add(position, position, bytes.Written);
                count++;
            }
        }
    }
}
