using Serving.Data;
using Serving.State;

namespace Serving.Engine.Ingest;

/// <summary>
/// Buffers of one request for the logs of other versions that it enters. Not safe for use by several threads; reused,
/// allocates nothing after warm-up.
/// </summary>
internal sealed class FeedScratch
{
    private readonly IngestWriter[] _writers;
    private readonly bool _isAlone;

    /// <summary>Makes the buffers.</summary>
    /// <param name="feed">What is fed.</param>
    /// <param name="batch">The accesses of the version's own windows; null where it has none.</param>
    public FeedScratch(RequestFeed feed, StateBatch? batch)
    {
        Feed = feed;
        _isAlone = batch is null;
        Batch = batch ?? new StateBatch();
        _writers = [.. feed.Parts.Select(part => new IngestWriter(part))];
    }

    /// <summary>What is fed.</summary>
    public RequestFeed Feed { get; }

    /// <summary>The accesses to the store, behind those of the version's own windows: one trip for all.</summary>
    public StateBatch Batch { get; }

    /// <summary>What was added, by declaration.</summary>
    public ReadOnlySpan<IngestWriter> Writers => _writers;

    /// <summary>Notes what the rows append. REQUIRES: the version's own accesses are noted.</summary>
    /// <param name="rows">The request's rows, with the feed's fields behind the version's own.</param>
    /// <param name="appends">False for requests that only score.</param>
    /// <param name="clock">When they arrived, ms since 1970; 0 checks no clock.</param>
    [HotPath]
    public void Ask(RowBatch rows, bool appends, long clock)
    {
        if (_isAlone)
        {
            Batch.Clear();
        }

        foreach (IngestWriter writer in _writers)
        {
            writer.Clear();
            if (appends)
            {
                Ask(writer, rows, clock);
            }
        }
    }

    /// <summary>Has blobs with a long tail folded; called behind the answer.</summary>
    [HotPath]
    public void RequestCompactions(IWindowStore store)
    {
        foreach (IngestWriter writer in _writers)
        {
            for (int place = 0; place < writer.Added.Count; place++)
            {
                (int Access, int Row, int Log) added = writer.Added[place];
                if (writer.IsCompactionDue(added, Batch))
                {
                    ref readonly StateAccess access = ref Batch.Accesses[added.Access];
                    store.RequestCompaction(access.Key, access.Schema);
                }
            }
        }
    }

    // Repetitions are told by known time and place, so rows need no order but their own.
    [HotPath]
    private void Ask(IngestWriter writer, RowBatch rows, long clock)
    {
        writer.Begin(rows);
        for (int row = 0; row < rows.RowCount; row++)
        {
            if (writer.Admits(row, clock))
            {
                writer.Add(row, Batch);
            }
        }
    }
}
