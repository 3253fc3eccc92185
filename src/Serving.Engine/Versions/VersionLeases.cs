using Serving.Data;

namespace Serving.Engine.Versions;

/// <summary>
/// Counts the requests that are on a version, so that a retired one is disposed when the last has ended. One counter
/// per group of cores, each in cache lines of its own, as TensorFlow Serving shards its read pointers: two cores that
/// serve the same version write no common line.
/// </summary>
/// <remarks>
/// Request threads take and release, the control thread closes and looks. A lease is released at the counter where it
/// was taken, so no counter is ever negative and "all zero, after closing" cannot come about by a sum of +1 and -1.
/// Taking first counts and then looks whether the version is closed, closing first closes and then looks at the counts,
/// both across a full fence: one of the two always sees the other.
/// </remarks>
internal sealed class VersionLeases
{
    // Counter i stands at i * Stride: 128 bytes apart, since neighbouring lines are fetched in pairs.
    private const int Stride = 16;

    private readonly long[] _counters;
    private readonly int _mask;
    private int _closed;

    /// <summary>Makes the counters.</summary>
    public VersionLeases()
    {
        int groups = 1;
        while (groups < Math.Min(Environment.ProcessorCount, 64))
        {
            groups *= 2;
        }

        _mask = groups - 1;
        _counters = new long[(groups + 1) * Stride];
    }

    /// <summary>Takes a lease and returns the place to release it at, or -1 when the version is closed.</summary>
    [HotPath]
    public int TryTake()
    {
        int slot = ((Thread.GetCurrentProcessorId() & _mask) + 1) * Stride;
        Interlocked.Increment(ref _counters[slot]);
        if (Volatile.Read(ref _closed) == 0)
        {
            return slot;
        }

        Interlocked.Decrement(ref _counters[slot]);
        return -1;
    }

    /// <summary>Releases a lease.</summary>
    [HotPath]
    public void Release(int slot) => Interlocked.Decrement(ref _counters[slot]);

    /// <summary>Refuses new leases from now on. The table without the version must be published before.</summary>
    public void Close() => Interlocked.Exchange(ref _closed, 1);

    /// <summary>Whether no lease is held. Meaningful after <see cref="Close"/>.</summary>
    public bool IsDrained
    {
        get
        {
            Interlocked.MemoryBarrier();
            for (int slot = Stride; slot < _counters.Length; slot += Stride)
            {
                if (Volatile.Read(ref _counters[slot]) != 0)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
