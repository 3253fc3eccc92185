using Microsoft.ML.OnnxRuntime;

namespace Serving.NativeModels.Onnx;

/// <summary>
/// Ends a run that takes too long or is cancelled. One run at a time; the timer's thread, the canceller's and the
/// run's own meet here.
/// </summary>
/// <remarks>
/// Idle -> Running -> Ending -> Ended -> Idle, and Running -> Idle. The timer is not set anew for each run: it fires
/// once after the first run of a while, looks at the deadline of the run that goes on then, and is set again if need
/// be.
/// </remarks>
internal sealed class OnnxRunLimit : IDisposable
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int Ending = 2;
    private const int Ended = 3;

    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private int _state;
    private long _deadline;

    // When the timer fires next, in timestamps of the clock; MaxValue where it is not set.
    private long _firesAt = long.MaxValue;

    /// <summary>Makes a limit.</summary>
    public OnnxRunLimit(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(
            static limit => ((OnnxRunLimit)limit!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Options of the runs.</summary>
    public RunOptions Options { get; } = new();

    /// <summary>Whether the run that ended last was ended from here.</summary>
    public bool WasEnded { get; private set; }

    /// <summary>Begins a run.</summary>
    public void Begin(TimeSpan time)
    {
        long now = _clock.GetTimestamp();
        long deadline = now + (long)(time.TotalSeconds * _clock.TimestampFrequency);
        Volatile.Write(ref _deadline, deadline);
        WasEnded = false;
        Volatile.Write(ref _state, Running);
        if (Volatile.Read(ref _firesAt) > deadline)
        {
            Volatile.Write(ref _firesAt, deadline);
            _timer.Change(time, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends the run that goes on, as soon as the runtime sees it.</summary>
    public void Cancel()
    {
        if (Interlocked.CompareExchange(ref _state, Ending, Running) == Running)
        {
            Options.Terminate = true;
            Volatile.Write(ref _state, Ended);
        }
    }

    /// <summary>The run is over.</summary>
    public void End()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Running) == Running)
        {
            return;
        }

        var wait = default(SpinWait);
        while (Volatile.Read(ref _state) != Ended)
        {
            wait.SpinOnce();
        }

        WasEnded = true;
        Options.Terminate = false;
        Volatile.Write(ref _state, Idle);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        Options.Dispose();
    }

    private void OnTimer()
    {
        // Not set any more, before looking: a run that begins from here on sets it itself.
        Volatile.Write(ref _firesAt, long.MaxValue);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _state) != Running)
        {
            return;
        }

        long deadline = Volatile.Read(ref _deadline);
        long left = deadline - _clock.GetTimestamp();
        if (left <= 0)
        {
            Cancel();
            return;
        }

        Volatile.Write(ref _firesAt, deadline);
        _timer.Change(TimeSpan.FromSeconds((double)left / _clock.TimestampFrequency), Timeout.InfiniteTimeSpan);
    }
}
