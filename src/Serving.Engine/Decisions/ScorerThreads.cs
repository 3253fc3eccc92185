using Serving.Engine.Pipeline;

namespace Serving.Engine.Decisions;

/// <summary>
/// A few threads of one version on which a scorer that may block runs, started when there is work and ended when there
/// is none, so that a scorer that hangs holds these threads and no others. Safe for use by several threads.
/// </summary>
internal sealed class ScorerThreads(ScoringPipeline pipeline)
{
    private const int QueueMax = 256;
    private const int IdleMs = 1_000;

    // More than the cores, since a blocked thread uses none; few, since one that hangs is never given back.
    private static readonly int s_threadsMax = 2 * Environment.ProcessorCount;

    // Requests and scorer threads meet at the queue; it is held to add or take one job, never while one runs.
    private readonly Queue<ScorerJob> _jobs = new();
    private int _threads;
    private int _idle;

    /// <summary>Takes a job over; false where too many wait already.</summary>
    public bool TryAdd(ScorerJob job)
    {
        lock (_jobs)
        {
            if (_jobs.Count >= QueueMax)
            {
                return false;
            }

            _jobs.Enqueue(job);
            if (_jobs.Count <= _idle || _threads == s_threadsMax)
            {
                Monitor.Pulse(_jobs);
                return true;
            }

            _threads++;
        }

        new Thread(Work) { IsBackground = true, Name = "scorer" }.Start();
        return true;
    }

    private void Work()
    {
        while (TryTake() is { } job)
        {
            job.Run(pipeline);
        }
    }

    private ScorerJob? TryTake()
    {
        lock (_jobs)
        {
            _idle++;
            while (_jobs.Count == 0)
            {
                if (!Monitor.Wait(_jobs, IdleMs) && _jobs.Count == 0)
                {
                    _idle--;
                    _threads--;
                    return null;
                }
            }

            _idle--;
            return _jobs.Dequeue();
        }
    }
}
