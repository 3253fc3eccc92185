using Serving.Data;
using Serving.Engine.Offline.Feeds;
using Serving.Engine.Offline.Windows;
using Serving.Features;

namespace Serving.Engine.Offline.Sorting;

/// <summary>Sorts a file that is not ordered, within a bound on memory.</summary>
internal static class FeedSort
{
    /// <summary>Reads a source to its end and returns its rows in the order of a feed; disposes the source.</summary>
    /// <exception cref="InputException">Rows are wrong; holds all problems of the file.</exception>
    public static SortedRowSource Sort(
        FeedPlan plan,
        IRowSource source,
        FeatureScript script,
        long memoryBytes,
        string folder,
        int threads,
        CancellationToken cancellation)
    {
        RowSorter? sorter = new(memoryBytes, folder);
        try
        {
            using var feed = new RowFeed(plan with { Logs = [] }, source, script, 0, threads + 1, mustBeOrdered: false);
            Fill(sorter, feed, cancellation);
            var sorted = new SortedRowSource(sorter, source.Schema, source.KeptSchema, feed.RowCount);
            sorter = null;
            return sorted;
        }
        finally
        {
            sorter?.Dispose();
        }
    }

    private static void Fill(RowSorter sorter, RowFeed feed, CancellationToken cancellation)
    {
        var problems = new ProblemCollection();
        var bytes = new RowBytes();
        while (feed.Next() is { } batch)
        {
            cancellation.ThrowIfCancellationRequested();
            problems.Add(batch.Problems);
            for (int row = 0; row < batch.Count && !problems.Any; row++)
            {
                bytes.Clear();
                bytes.Write(batch.Rows, row);
                if (batch.Kept is not null)
                {
                    bytes.Write(batch.Kept, row);
                }

                sorter.Add(batch.Keys[row], batch.Positions[row], bytes.Written);
            }

            feed.Return(batch);
        }

        problems.ThrowIfAny();
    }
}
