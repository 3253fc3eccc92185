using System.Diagnostics;

namespace Serving.LoadTest;

/// <summary>
/// Sends calls at times fixed before the first is sent, whatever becomes of earlier ones. Latency counts from the
/// intended time: a server that stalls delays every call that was due meanwhile, and each of them shows it (no
/// coordinated omission; wrk2, Tene 2015). A call is dropped, and counted, when all streams of all connections are
/// taken.
/// </summary>
internal sealed class OpenLoop(ILoadTarget target, double rate, int inFlightMax)
{
    /// <summary>
    /// Nearer than this to the next send the pacing thread yields in a loop: timers are no better than 1 ms.
    /// </summary>
    private static readonly TimeSpan TimerGrain = TimeSpan.FromMilliseconds(2);

    /// <summary>Calls sent and not answered; written by the pacing thread and by answers.</summary>
    private int _inFlight;

    /// <summary>Runs for a time on the calling thread, then waits for the last answers.</summary>
    public async Task RunAsync(TimeSpan duration, LoadResult? result)
    {
        long start = Stopwatch.GetTimestamp();
        double ticksBetween = Stopwatch.Frequency / rate;
        int calls = (int)(duration.TotalSeconds * rate);
        using ManualResetEventSlim never = new();
        for (int number = 0; number < calls; number++)
        {
            long intended = start + (long)(number * ticksBetween);
            WaitUntil(intended, never);
            if (Volatile.Read(ref _inFlight) >= inFlightMax)
            {
                result?.AddDropped();
                continue;
            }

            Interlocked.Increment(ref _inFlight);
            result?.AddSend(intended, Stopwatch.GetTimestamp());
            _ = CallAsync(number, intended, result);
        }

        result?.AddElapsed(Stopwatch.GetElapsedTime(start));
        while (Volatile.Read(ref _inFlight) > 0)
        {
            await Task.Delay(1).ConfigureAwait(false);
        }
    }

    private async Task CallAsync(int number, long intended, LoadResult? result)
    {
        string? error = await target.CallAsync(number).ConfigureAwait(false);
        result?.AddAnswer(intended, Stopwatch.GetTimestamp(), error);
        Interlocked.Decrement(ref _inFlight);
    }

    private static void WaitUntil(long time, ManualResetEventSlim never)
    {
        for (long now = Stopwatch.GetTimestamp(); now < time; now = Stopwatch.GetTimestamp())
        {
            TimeSpan left = Stopwatch.GetElapsedTime(now, time);
            if (left > TimerGrain)
            {
                never.Wait(left - TimerGrain);
            }
            else
            {
                Thread.Yield();
            }
        }
    }
}
