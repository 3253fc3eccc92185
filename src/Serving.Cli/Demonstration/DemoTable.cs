using System.Diagnostics;
using System.Globalization;
using Serving.Cli.CommandLine;

namespace Serving.Cli.Demonstration;

/// <summary>The live table of a demo: redrawn in place on a terminal, one line each two seconds elsewhere.</summary>
internal sealed class DemoTable(CommandConsole console, DemoOptions options, DemoStatistics statistics) : IDisposable
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private double _nextSeconds = 0.5;
    private int _lines;

    public void Update()
    {
        double seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        // With --canary the versions' own table is what one looks at.
        if (options.Json || options.Canary || seconds < _nextSeconds)
        {
            return;
        }

        _nextSeconds = seconds + (console.IsTerminal ? 0.5 : 2);
        Draw(seconds);
    }

    public void Finish()
    {
        if (!options.Json)
        {
            Draw(Stopwatch.GetElapsedTime(_started).TotalSeconds);
        }
    }

    public void Dispose() => _lines = 0;

    private void Draw(double seconds)
    {
        (string scores, string versions, string alerts) = statistics.Describe();
        string[] lines =
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"  {statistics.Requests}/{options.Requests} requests, "
                    + $"{statistics.Requests / seconds:F0}/s, {statistics.Errors} errors"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"  latency p50 {statistics.Percentile(50):F2}  p99 {statistics.Percentile(99):F2}  "
                    + $"p99.9 {statistics.Percentile(99.9):F2} ms"),
            $"  scores 0.0-1.0  {scores}",
            $"  versions {versions}",
            .. statistics.DescribeDecisions() is { Length: > 0 } decided ? (string[])[$"  decided  {decided}"] : [],
            $"  top      {alerts}",
            .. statistics.Example.Length > 0 ? (string[])[$"  windows  {statistics.Example}"] : [],
        ];
        if (!console.IsTerminal)
        {
            console.Error.WriteLine(string.Join(';', lines));
            return;
        }

        console.Error.Write(_lines > 0 ? $"\u001b[{_lines}A" : "");
        foreach (string line in lines)
        {
            console.Error.Write($"\u001b[K{line}\n");
        }

        _lines = lines.Length;
    }
}
