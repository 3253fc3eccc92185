namespace Serving.Engine.Bundles;

/// <summary>
/// Bounds how fast bundles are read, all loads together, so that a load leaves the disk and the memory's bandwidth to
/// requests. Loading threads wait here; nobody else comes. Safe for use by several threads.
/// </summary>
/// <param name="bytesPerSecond">Most bytes in each second.</param>
/// <param name="time">The clock.</param>
internal sealed class LoadPace(long bytesPerSecond, TimeProvider time)
{
    /// <summary>Bytes that are read at once.</summary>
    public const int PieceBytes = 1 << 20;

    // Nobody signals it: waiting for it until the time has come is a wait.
    private readonly object _turn = new();
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _free;

    /// <summary>Waits until so many bytes more may be read.</summary>
    public void Take(int bytes)
    {
        TimeSpan wait;
        lock (_gate)
        {
            TimeSpan now = time.GetElapsedTime(_start);
            wait = _free > now ? _free - now : TimeSpan.Zero;
            _free = (wait > TimeSpan.Zero ? _free : now) + TimeSpan.FromSeconds((double)bytes / bytesPerSecond);
        }

        if (wait > TimeSpan.Zero)
        {
            lock (_turn)
            {
                Monitor.Wait(_turn, wait);
            }
        }
    }
}
