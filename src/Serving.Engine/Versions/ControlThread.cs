namespace Serving.Engine.Versions;

/// <summary>
/// A thread that does one thing whenever it is woken, and at an interval. It is woken, not polled: several wakes before
/// it looks are one. Safe for use by several threads.
/// </summary>
internal sealed class ControlThread(Action look, TimeProvider time, TimeSpan interval) : IDisposable
{
    // Pulsed by the timer, by loading threads and by Dispose; the thread waits on it.
    private readonly object _gate = new();
    private bool _isWoken;
    private volatile bool _isStopped;
    private Thread? _thread;
    private ITimer? _timer;

    /// <summary>Begins; looks once at once.</summary>
    public void Start()
    {
        _thread = new Thread(Run) { Name = "serving-control", IsBackground = true };
        _thread.Start();
        _timer = time.CreateTimer(_ => Wake(), null, interval, interval);
    }

    /// <summary>Has it look soon.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _isWoken = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Ends it; a look that is under way ends first.</summary>
    public void Dispose()
    {
        _isStopped = true;
        _timer?.Dispose();
        Wake();
        _thread?.Join();
    }

    private void Run()
    {
        while (!_isStopped)
        {
            look();
            WaitForWake();
        }
    }

    private void WaitForWake()
    {
        lock (_gate)
        {
            while (!_isWoken && !_isStopped)
            {
                Monitor.Wait(_gate);
            }

            _isWoken = false;
        }
    }
}
