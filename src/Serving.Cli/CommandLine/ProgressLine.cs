using System.Globalization;

namespace Serving.Cli.CommandLine;

/// <summary>
/// Shows how far long work is: a bar with rate and remaining time on a terminal, else one line each ten seconds.
/// Nothing shows in the first two seconds. Safe for use by several threads.
/// </summary>
internal sealed class ProgressLine(CommandConsole console, string what, string unit, TimeProvider time) : IDisposable
{
    private const double QuietSeconds = 2;
    private const double TerminalSeconds = 0.2;
    private const double LogSeconds = 10;
    private const int BarWidth = 30;

    private readonly Lock _lock = new();
    private readonly long _started = time.GetTimestamp();
    private double _nextSeconds = QuietSeconds;
    private bool _hasBar;

    /// <summary>Takes rows done and the share of the input (NaN: not known).</summary>
    public void Report(long rows, double share)
    {
        double seconds = time.GetElapsedTime(_started).TotalSeconds;
        lock (_lock)
        {
            if (seconds < _nextSeconds)
            {
                return;
            }

            _nextSeconds = seconds + (console.IsTerminal ? TerminalSeconds : LogSeconds);
            string text = Text(rows, share, seconds);
            console.Error.Write(console.IsTerminal ? $"\r{text}\u001b[K" : text + "\n");
            _hasBar = console.IsTerminal;
        }
    }

    /// <summary>Ends the bar's line.</summary>
    public void Dispose()
    {
        if (_hasBar)
        {
            console.Error.Write("\r\u001b[K");
        }
    }

    private string Text(long rows, double share, double seconds)
    {
        double rate = rows / seconds;
        string head = string.Create(CultureInfo.InvariantCulture, $"{what}: {rows:N0} {unit}, {rate:N0} {unit}/s");
        if (double.IsNaN(share) || share <= 0)
        {
            return head;
        }

        double left = seconds * (1 - share) / share;
        int full = (int)(share * BarWidth);
        string bar = console.IsTerminal ? $" [{new string('#', full)}{new string('.', BarWidth - full)}]" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{head},{bar} {share:P0}, {left:N0} s left");
    }
}
