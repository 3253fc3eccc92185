namespace Serving.Data.Durability;

/// <summary>
/// A thread that repeats a step: when it is woken, and after at most the time that the last step said.
/// </summary>
public sealed class BackgroundLoop : IDisposable
{
#pragma warning disable CA2213 // Left to its finaliser: a late Wake must find it whole.
    private readonly AutoResetEvent _wake = new(initialState: false);
#pragma warning restore CA2213
    private readonly Func<TimeSpan> _step;
    private readonly Thread _thread;
    private volatile bool _isStopping;

    /// <summary>Makes the thread; <see cref="Start"/> lets it run.</summary>
    /// <param name="name">Name of the thread, at most 15 letters.</param>
    /// <param name="step">Does what is to do, throws nothing, and says how long to wait at most.</param>
    public BackgroundLoop(string name, Func<TimeSpan> step)
    {
        _step = step;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>Whether <see cref="Dispose"/> waits for the step to return.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>Lets the thread run, once all that its step uses is in place.</summary>
    public void Start() => _thread.Start();

    /// <summary>Makes the next step begin now.</summary>
    public void Wake()
    {
        if (!_isStopping)
        {
            _ = _wake.Set();
        }
    }

    /// <summary>Ends the thread behind the step it is in.</summary>
    public void Dispose()
    {
        if (_isStopping)
        {
            return;
        }

        _isStopping = true;
        _ = _wake.Set();
        _thread.Join();
    }

    private void Run()
    {
        while (!_isStopping)
        {
            _ = _wake.WaitOne(_step());
        }
    }
}
