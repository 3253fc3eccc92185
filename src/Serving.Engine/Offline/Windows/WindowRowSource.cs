using System.Collections.Concurrent;
using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Offline.Feeds;

namespace Serving.Engine.Offline.Windows;

/// <summary>
/// Request rows in order of their time with their window values: requests and events are read side by side, and the
/// state of each log, split by key, is worked off by all threads. One thread takes chunks.
/// </summary>
/// <remarks>
/// A request at t reads what is known at t or before (R52), whichever feed is read faster: it waits until every feed
/// of events has come to an event known later. Requests that wait for nothing are worked off in one step.
/// </remarks>
internal sealed class WindowRowSource : IRowSource
{
    private readonly WindowRunPlan _plan;
    private readonly RowFeed _requests;
    private readonly ImmutableArray<EventCursor> _events;
    private readonly LabelJoin? _labels;
    private readonly WindowStates _states;
    private readonly RowFilter? _filter;
    private readonly ConcurrentBag<WindowValues> _freeValues = [];
    private readonly CancellationToken _cancellation;
    private readonly ProblemCollection _problems = new();

    /// <summary>Takes feeds and states over.</summary>
    public WindowRowSource(
        WindowRunPlan plan,
        RowFeed requests,
        ImmutableArray<EventCursor> events,
        LabelJoin? labels,
        WindowStates states,
        RowFilter? filter,
        CancellationToken cancellation)
    {
        _plan = plan;
        _requests = requests;
        _events = events;
        _labels = labels;
        _cancellation = cancellation;
        _states = states;
        _filter = filter;
        Schema = plan.Results;
    }

    public RowSchema Schema { get; }

    public RowSchema? KeptSchema => _requests.Source.KeptSchema;

    public double Progress => _requests.Source.Progress;

    public IRowChunk? ReadChunk()
    {
        FeedBatch? batch = _requests.Next();
        if (batch is null || batch.Problems is not null)
        {
            Drain(batch);
            return null;
        }

        WindowValues values = _freeValues.TryTake(out WindowValues? free) ? free : new WindowValues(_plan.Windows);
        values.Clear();
        for (int row = 0; row < batch.Count; row++)
        {
            values.AddRow();
        }

        int done = 0;
        while (done < batch.Count)
        {
            _cancellation.ThrowIfCancellationRequested();
            int end = EndOfStep(batch, done);
            if (_problems.Any)
            {
                Drain(null);
                return null;
            }

            _states.Run(batch, done, end, values, _filter);
            done = end;
        }

        return new WindowChunk(_requests, batch, values, _plan.Joined, _labels, _freeValues.Add);
    }

    public void Dispose()
    {
        _requests.Dispose();
        foreach (EventCursor cursor in _events)
        {
            cursor.Dispose();
        }

        _states.Dispose();
    }

    // Requests from `done` on whose past is there; none where the next must wait, and then events alone are taken.
    private int EndOfStep(FeedBatch batch, int done)
    {
        ReadOnlySpan<long> times = batch.Keys;
        int end = batch.Count;
        foreach (EventCursor cursor in _events)
        {
            if (!cursor.Fetch(_problems))
            {
                continue;
            }

            // Another event known at the same time may stand in the next piece.
            long last = cursor.LastKey;
            while (end > done && times[end - 1] >= last)
            {
                end--;
            }
        }

        long until = end > done ? times[end - 1] : times[done];
        foreach (EventCursor cursor in _events)
        {
            cursor.TakeUntil(until);
        }

        return end;
    }

    // Reads all that is left, so that all problems of all files are shown together.
    private void Drain(FeedBatch? wrong)
    {
        for (FeedBatch? batch = wrong; batch is not null; batch = _requests.Next())
        {
            _problems.Add(batch.Problems);
            _requests.Return(batch);
        }

        foreach (EventCursor cursor in _events)
        {
            cursor.Drain(_problems, _cancellation);
        }

        _problems.ThrowIfAny();
    }
}
