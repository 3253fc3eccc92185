namespace Serving.State.Embedded;

/// <summary>
/// Who waits until the log is on the disk up to a sequence. Safe for use by several threads. Allocates for each that
/// waits: only events that must be durable do, off the scoring path.
/// </summary>
internal sealed class SyncWaiters
{
    private readonly Lock _lock = new();
    private readonly List<(ulong Sequence, TaskCompletionSource<bool> Source)> _waiting = [];

    /// <summary>Waits for a sequence. Complete or fail it afterwards if that happened meanwhile.</summary>
    public Task<bool> Add(ulong sequence)
    {
        TaskCompletionSource<bool> source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((sequence, source));
        }

        return source.Task;
    }

    /// <summary>Answers all that wait for at most a sequence.</summary>
    public void Answer(ulong sequence, bool isDurable)
    {
        lock (_lock)
        {
            int kept = 0;
            for (int i = 0; i < _waiting.Count; i++)
            {
                if (_waiting[i].Sequence <= sequence)
                {
                    _ = _waiting[i].Source.TrySetResult(isDurable);
                }
                else
                {
                    _waiting[kept++] = _waiting[i];
                }
            }

            _waiting.RemoveRange(kept, _waiting.Count - kept);
        }
    }
}
