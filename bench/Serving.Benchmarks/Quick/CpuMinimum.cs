using System.Diagnostics;

namespace Serving.Benchmarks.Quick;

/// <summary>
/// Times alternatives in turn, round by round, by the CPU time of the process, and keeps each one's minimum: on a
/// shared machine the minimum of interleaved rounds is what compares. REQUIRES: nothing else runs in the process.
/// </summary>
internal sealed class CpuMinimum
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(200);

    private readonly List<(string Name, Action Run, double Items)> _cases = [];

    /// <summary>Adds an alternative that handles a number of items per call.</summary>
    public void Add(string name, double items, Action run) => _cases.Add((name, run, items));

    /// <summary>Runs all rounds: CPU nanoseconds per item of each alternative, by name.</summary>
    public IReadOnlyDictionary<string, double> Run(int rounds = 15, double roundMilliseconds = 20)
    {
        int[] calls = [.. _cases.Select(one => CallsFor(one.Run, roundMilliseconds))];
        double[] minima = new double[_cases.Count];
        Array.Fill(minima, double.MaxValue);
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < minima.Length; i++)
            {
                minima[i] = Math.Min(minima[i], Time(_cases[i].Run, calls[i]) / calls[i] / _cases[i].Items);
            }
        }

        return _cases.Index().ToDictionary(pair => pair.Item.Name, pair => minima[pair.Index]);
    }

    private static int CallsFor(Action run, double milliseconds)
    {
        // Warm enough for tier 1 of the JIT, which waits 100 ms and then works in the background of this process.
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < s_warmUp)
        {
            run();
        }

        int calls = 1;
        while (Time(run, calls) < milliseconds * 1e6 && calls < 1 << 24)
        {
            calls *= 2;
        }

        return calls;
    }

    private static double Time(Action run, int calls)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < calls; i++)
        {
            run();
        }

        return (Environment.CpuUsage.TotalTime - start).TotalNanoseconds;
    }
}
