using System.Diagnostics;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>
/// Notices when this machine does not run threads that are due: what must happen within 100 ms may come later by as
/// much.
/// </summary>
internal sealed class Hiccups : IDisposable
{
    private static readonly TimeSpan s_memory = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Queue<(long At, TimeSpan Late)> _seen = [];
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _over = new();

    public Hiccups()
    {
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The sum of the delays of the last two seconds.</summary>
    public TimeSpan Recent
    {
        get
        {
            lock (_gate)
            {
                return TimeSpan.FromTicks(_seen.Where(one => Stopwatch.GetElapsedTime(one.At) < s_memory)
                    .Sum(one => one.Late.Ticks));
            }
        }
    }

    public void Dispose()
    {
        _over.Set();
        _thread.Join();
        _over.Dispose();
    }

    private void Run()
    {
        long last = Stopwatch.GetTimestamp();
        while (!_over.Wait(2))
        {
            long now = Stopwatch.GetTimestamp();
            TimeSpan late = Stopwatch.GetElapsedTime(last, now) - TimeSpan.FromMilliseconds(2);
            last = now;
            if (late < TimeSpan.FromMilliseconds(10))
            {
                continue;
            }

            lock (_gate)
            {
                _seen.Enqueue((now, late));
                while (_seen.Count > 1000)
                {
                    _seen.Dequeue();
                }
            }
        }
    }
}
