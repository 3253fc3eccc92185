using Serving.Data;
using Serving.Features;

namespace Serving.Engine.Offline.Feeds;

/// <summary>
/// The pieces of a source in order, parsed ahead on the threads of the pool. One thread takes them; a piece goes back
/// by <see cref="Return"/>.
/// </summary>
internal sealed class RowFeed : IDisposable
{
    private readonly FeedPlan _plan;
    private readonly IRowSource _source;
    private readonly FeatureScript _script;
    private readonly int _number;
    private readonly int _ahead;
    private readonly bool _mustBeOrdered;
    private readonly Queue<Task<FeedBatch>> _parsing = new();
    private readonly Stack<FeedBatch> _free = new();
    private readonly Lock _freeGate = new();
    private long _lastKey = long.MinValue;
    private bool _isAtEnd;

    /// <summary>Takes a source over.</summary>
    /// <param name="plan">What is made of its rows.</param>
    /// <param name="source">The rows.</param>
    /// <param name="script">Makes the programs of records.</param>
    /// <param name="number">Place of the feed, for <see cref="DisorderException"/>.</param>
    /// <param name="ahead">Pieces that are parsed ahead.</param>
    /// <param name="mustBeOrdered">Whether rows out of order end the run.</param>
    public RowFeed(
        FeedPlan plan, IRowSource source, FeatureScript script, int number, int ahead, bool mustBeOrdered)
    {
        _plan = plan;
        _source = source;
        _script = script;
        _number = number;
        _ahead = Math.Max(1, ahead);
        _mustBeOrdered = mustBeOrdered;
    }

    public FeedPlan Plan => _plan;

    public IRowSource Source => _source;

    /// <summary>Events that were not accepted, of the pieces taken so far.</summary>
    public AdmissionCounts Counts { get; private set; }

    /// <summary>Rows of the pieces taken so far.</summary>
    public long RowCount { get; private set; }

    /// <summary>The next piece, which may only say what is wrong; null at the end.</summary>
    /// <exception cref="DisorderException">A row comes before one that was there already.</exception>
    public FeedBatch? Next()
    {
        while (!_isAtEnd && _parsing.Count < _ahead)
        {
            Begin();
        }

        if (_parsing.Count == 0)
        {
            return null;
        }

        FeedBatch batch = _parsing.Dequeue().GetAwaiter().GetResult();
        if (!_isAtEnd)
        {
            Begin();
        }

        if (batch.Count == 0)
        {
            return batch;
        }

        if (_mustBeOrdered && (!batch.IsOrdered || batch.Keys[0] < _lastKey))
        {
            throw new DisorderException(_number);
        }

        _lastKey = batch.Keys[^1];
        Counts += batch.Counts;
        RowCount += batch.Count;
        return batch;
    }

    /// <summary>Gives a piece back. Any thread.</summary>
    public void Return(FeedBatch batch)
    {
        lock (_freeGate)
        {
            _free.Push(batch);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Chunks under way write into buffers of the source.
        foreach (Task<FeedBatch> parsing in _parsing)
        {
            ((IAsyncResult)parsing).AsyncWaitHandle.WaitOne();
        }

        _source.Dispose();
    }

    private void Begin()
    {
        FeedBatch batch = Rent();
        IRowChunk? chunk;
        try
        {
            chunk = _source.ReadChunk();
        }
        catch (InputException damaged)
        {
            _isAtEnd = true;
            batch.Fail(damaged);
            _parsing.Enqueue(Task.FromResult(batch));
            return;
        }

        if (chunk is null)
        {
            _isAtEnd = true;
            Return(batch);
            return;
        }

        _parsing.Enqueue(Task.Run(() =>
        {
            using (chunk)
            {
                batch.Fill(chunk);
                return batch;
            }
        }));
    }

    private FeedBatch Rent()
    {
        lock (_freeGate)
        {
            if (_free.TryPop(out FeedBatch? free))
            {
                return free;
            }
        }

        return new FeedBatch(_plan, _source, _script);
    }
}
