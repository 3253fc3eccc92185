namespace Serving.Engine.Drift;

/// <summary>
/// Counts of one context since it was made. One thread at a time adds, the one that holds the context; the monitor
/// reads beside it, sees each count at one of its moments and takes what is new: nothing is ever set back, so nobody
/// waits.
/// </summary>
internal sealed class DriftTally(int cellCount)
{
    /// <summary>Counts of all cells, written by the owner.</summary>
    public long[] Counts { get; } = new long[cellCount];

    // What the monitor took so far; the monitor's own.
    private readonly long[] _taken = new long[cellCount];

    /// <summary>Adds to sums what came since the last call. Called by the monitor alone.</summary>
    public void Take(long[] sums)
    {
        for (int cell = 0; cell < sums.Length; cell++)
        {
            long count = Volatile.Read(ref Counts[cell]);
            sums[cell] += count - _taken[cell];
            _taken[cell] = count;
        }
    }
}
