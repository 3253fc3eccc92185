using System.Diagnostics;

namespace Serving.LoadTest;

/// <summary>
/// Keeps a fixed number of calls in flight: each stream sends its next call when the last is answered. For throughput;
/// its latencies say little, since a server that stalls is asked less.
/// </summary>
internal sealed class ClosedLoop(ILoadTarget target, int streams)
{
    public async Task RunAsync(TimeSpan duration, LoadResult? result)
    {
        long start = Stopwatch.GetTimestamp();
        long end = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        IEnumerable<Task> all =
            Enumerable.Range(0, streams).Select(stream => Task.Run(() => CallAsync(stream, end, result)));
        await Task.WhenAll(all).ConfigureAwait(false);
        result?.AddElapsed(Stopwatch.GetElapsedTime(start));
    }

    private async Task CallAsync(int stream, long end, LoadResult? result)
    {
        int number = stream;
        for (long sent = Stopwatch.GetTimestamp(); sent < end; sent = Stopwatch.GetTimestamp())
        {
            string? error = await target.CallAsync(number).ConfigureAwait(false);
            result?.AddAnswer(sent, Stopwatch.GetTimestamp(), error);
            number = (number + streams) & int.MaxValue;
        }
    }
}
