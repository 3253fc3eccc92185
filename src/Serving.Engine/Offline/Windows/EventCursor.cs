using Serving.Engine.Offline.Feeds;

namespace Serving.Engine.Offline.Windows;

/// <summary>
/// A feed of events with the piece at hand, and which of its rows the next step appends. One thread.
/// </summary>
internal sealed class EventCursor(RowFeed feed) : IDisposable
{
    private bool _isAtEnd;

    /// <summary>The piece at hand; null at first and behind the end.</summary>
    public FeedBatch? Batch { get; private set; }

    /// <summary>First row that the step appends.</summary>
    public int From { get; private set; }

    /// <summary>The row behind the last one.</summary>
    public int To { get; private set; }

    /// <summary>The feed.</summary>
    public RowFeed Feed => feed;

    /// <summary>What the last row at hand is ordered by.</summary>
    public long LastKey => Batch!.Keys[^1];

    /// <summary>
    /// Makes rows be at hand that no step has taken; false at the feed's end, where nothing must be waited for.
    /// </summary>
    public bool Fetch(ProblemCollection problems)
    {
        From = To;
        while (!_isAtEnd && (Batch is null || To == Batch.Count))
        {
            Move(problems);
        }

        return !_isAtEnd;
    }

    /// <summary>Has the step append all rows at hand that are known by then.</summary>
    public void TakeUntil(long known)
    {
        if (Batch is null)
        {
            return;
        }

        ReadOnlySpan<long> keys = Batch.Keys;
        while (To < keys.Length && keys[To] <= known)
        {
            To++;
        }
    }

    /// <summary>Reads what is left.</summary>
    public void Drain(ProblemCollection problems, CancellationToken cancellation)
    {
        while (!_isAtEnd)
        {
            cancellation.ThrowIfCancellationRequested();
            Move(problems);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => feed.Dispose();

    private void Move(ProblemCollection problems)
    {
        if (Batch is not null)
        {
            feed.Return(Batch);
        }

        Batch = feed.Next();
        From = 0;
        To = 0;
        _isAtEnd = Batch is null;
        problems.Add(Batch?.Problems);
    }
}
