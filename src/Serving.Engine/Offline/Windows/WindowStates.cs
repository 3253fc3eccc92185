using System.Collections.Immutable;
using Serving.Data.Windows;
using Serving.Engine.Offline.Feeds;

namespace Serving.Engine.Offline.Windows;

/// <summary>
/// The state of all logs, each split by key into parts that different threads work off side by side: a part sees its
/// rows in their order, and no two parts share a key.
/// </summary>
internal sealed class WindowStates : IDisposable
{
    private readonly ImmutableArray<LogState> _parts;
    private readonly ImmutableArray<EventCursor> _events;
    private readonly int _threads;

    /// <summary>Makes empty state.</summary>
    public WindowStates(WindowRunPlan plan, ImmutableArray<EventCursor> events, int partitions, int threads)
    {
        _events = events;
        _threads = threads;
        _parts =
        [
            .. plan.Logs.SelectMany(log => Enumerable.Range(0, partitions)
                .Select(partition => new LogState(plan, log, partition, partitions, Feeding(plan, log)))),
        ];
    }

    /// <summary>Sums and floats that did not fit and were cut, so far.</summary>
    public long SaturationCount => _parts.Sum(part => part.SaturationCount);

    /// <summary>
    /// Appends the events that the cursors took and reads for the requests from <paramref name="from"/> to
    /// <paramref name="to"/>, in the order of known and time.
    /// </summary>
    public void Run(FeedBatch requests, int from, int to, WindowValues values, RowFilter? filter)
    {
        // Parts cost very different times: each thread takes the next one when it is through with its own.
        int next = -1;
        Parallel.For(0, _threads, new ParallelOptions { MaxDegreeOfParallelism = _threads }, _ =>
        {
            int part = Interlocked.Increment(ref next);
            while (part < _parts.Length)
            {
                _parts[part].Run(requests, from, to, _events, values, filter);
                part = Interlocked.Increment(ref next);
            }
        });

        // Texts go into the one arena of the values, so one thread copies them.
        foreach (LogState part in _parts)
        {
            part.CopyTexts(values);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LogState part in _parts)
        {
            part.Dispose();
        }
    }

    // Which feed of events appends to a log; -1: the requests themselves.
    private static int Feeding(WindowRunPlan plan, LogPlan log)
    {
        for (int feed = 0; feed < plan.Events.Length; feed++)
        {
            if (plan.Events[feed].Logs.Contains(log))
            {
                return feed;
            }
        }

        return -1;
    }
}
