namespace Serving.State.Embedded;

/// <summary>
/// A lock of one word, taken by compare-and-swap: request threads and the store's own meet here for the copy and append
/// of one blob, well under a microsecond. A monitor would allocate and park; parking costs more than the whole wait.
/// </summary>
/// <remarks>
/// Not fair and not reentrant. Who waits long yields, and never sleeps a millisecond. Its holders all run at the
/// common priority: one of the lowest could be preempted inside and would keep requests waiting for its next turn.
/// A mutable struct: a field, never copied.
/// </remarks>
internal struct SpinGate
{
    private int _held;

    /// <summary>Waits until the lock is taken.</summary>
    public void Enter()
    {
        if (Interlocked.CompareExchange(ref _held, 1, 0) != 0)
        {
            EnterSlowly();
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Exit() => Volatile.Write(ref _held, 0);

    private void EnterSlowly()
    {
        SpinWait spinner = default;
        do
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }
        while (Volatile.Read(ref _held) != 0 || Interlocked.CompareExchange(ref _held, 1, 0) != 0);
    }
}
