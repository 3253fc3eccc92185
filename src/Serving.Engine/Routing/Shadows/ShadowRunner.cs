using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Serving.Data;
using Serving.Data.Durability;
using Serving.Data.Time;
using Serving.Engine.Pipeline;
using Serving.State;

namespace Serving.Engine.Routing.Shadows;

/// <summary>
/// Scores copies of requests by shadows, on one thread of lowest priority, from the state that the requests read; logs
/// that only the shadow has are read then. Nothing is appended and nothing is logged. The queue is bounded: what does
/// not fit is dropped and counted.
/// </summary>
internal sealed class ShadowRunner : IDisposable
{
    /// <summary>Most copies that wait.</summary>
    public const int QueueMax = 256;

    // Rows of one copy: a batch of thousands would hold the queue's memory.
    private const int RowsMax = 256;

    private readonly TimeProvider _time;
    private readonly IWindowStore? _store;
    private readonly ConcurrentQueue<ShadowCopy> _idle = [];
    private readonly BlockingCollection<ShadowCopy> _queue = new(QueueMax);
    private Thread? _thread;
    private int _isStarted;

    /// <summary>Makes a runner; its thread starts with the first copy.</summary>
    /// <param name="time">Says how long copies take.</param>
    /// <param name="store">Has the logs that requests do not read; null without windows.</param>
    public ShadowRunner(TimeProvider time, IWindowStore? store)
    {
        _time = time;
        _store = store;
        for (int copy = 0; copy < QueueMax; copy++)
        {
            _idle.Enqueue(new ShadowCopy());
        }
    }

    /// <summary>
    /// Copies a request that was answered to its model's shadow, where its bucket is among the shadow's.
    /// </summary>
    [HotPath]
    [SuppressMessage("Reliability", "CA2000", Justification = "The copy that takes the context over disposes it.")]
    public void TryEnqueue(ScoringContext source)
    {
        if (source.Entry is not { Shadows: { } shadows } entry || !source.Route.IsRouted)
        {
            return;
        }

        (int place, int share) = shadows.Of(source.Route.Bucket);
        if (place < 0 || entry.ReadyAt(place) == source.Served)
        {
            return;
        }

        ShadowCounts counts = entry.ReadyAt(place).Shadow;
        if (source.Rows.RowCount > RowsMax || !_idle.TryDequeue(out ShadowCopy? copy))
        {
            counts.Drop();
            return;
        }

        if (!entry.TryRent(place, isPinned: true, out ScoringContext? context))
        {
            _idle.Enqueue(copy);
            return;
        }

        shadows.CopyRows(source.Rows, entry.PlaceOf(source), share, context!.Rows);
        context.ScoreOnly = true;
        bool isWhole = context.Served.Pipeline.Begin(context, clock: 0) == ErrorCode.None;
        copy.Hold(context, source);
        if (!isWhole || !_queue.TryAdd(copy))
        {
            counts.Drop();
            End(copy);
            return;
        }

        Start();
    }

    /// <summary>Ends the thread; what waits is dropped.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread?.Join();
        _queue.Dispose();
    }

    private void Start()
    {
        if (Interlocked.Exchange(ref _isStarted, 1) == 0)
        {
            _thread = new Thread(Run) { Name = "serving-shadow", IsBackground = true };
            _thread.Start();
        }
    }

    private void Run()
    {
        ThreadNiceness.LowerCurrentThread();
        foreach (ShadowCopy copy in _queue.GetConsumingEnumerable())
        {
            Compare(copy);
            End(copy);
        }
    }

    private void Compare(ShadowCopy copy)
    {
        ScoringContext context = copy.Context!;
        ShadowCounts counts = context.Served.Shadow;
        ReadUnasked(copy);
        long start = _time.GetTimestamp();
        bool isScored = context.Served.Pipeline.Finish(context, _time, start) == ErrorCode.None;
        if (!isScored || (context.IsDegraded && !copy.IsDegraded))
        {
            // Its state came too late or not at all, while the request's did.
            counts.Drop();
            return;
        }

        counts.AddTime(_time.MicrosecondsBetween(start, _time.GetTimestamp()));
        for (int row = 0; row < copy.Answers.Length; row++)
        {
            counts.Add(copy.Answers[row], context.Scores[row * context.ScoreCount], context.Served.Thresholds.AsSpan());
        }
    }

    // A request reads what its own version needs, and appends to what others do; what is left (logs of other events,
    // all of a request that only scores) is read behind it. Readers pass over what came after the request's time.
    private void ReadUnasked(ShadowCopy copy)
    {
        if (copy.Unasked.Count == 0 || _store is null)
        {
            return;
        }

        _store.ExchangeAsync(copy.Unasked, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        copy.Context!.Windows!.Batch.AddAnswers(copy.Unasked);
    }

    private void End(ShadowCopy copy)
    {
        copy.End();
        _idle.Enqueue(copy);
    }
}
