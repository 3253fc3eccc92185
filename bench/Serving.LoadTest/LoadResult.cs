using System.Collections.Concurrent;
using System.Diagnostics;
using HdrHistogram;

namespace Serving.LoadTest;

/// <summary>What happened to the calls of one target; safe for use by several threads.</summary>
internal sealed class LoadResult
{
    private const long LongestNs = 120_000_000_000;
    private const int Digits = 3;

    /// <summary>Texts of errors may hold ids that differ each time.</summary>
    private const int ErrorsShownMax = 20;

    private readonly LongConcurrentHistogram _latencyNs = new(1, LongestNs, Digits);
    private readonly LongConcurrentHistogram _lateNs = new(1, LongestNs, Digits);
    private readonly ConcurrentDictionary<string, long> _errors = new(StringComparer.Ordinal);
    private long _ok;
    private long _failed;
    private long _dropped;

    /// <summary>Time over which calls were sent, of all rounds together.</summary>
    public TimeSpan Elapsed { get; private set; }

    public long Ok => Interlocked.Read(ref _ok);

    /// <summary>A percentile of the latency, in ms; 0 without answers.</summary>
    public double LatencyMs(double percent) =>
        _latencyNs.TotalCount == 0 ? 0 : _latencyNs.GetValueAtPercentile(percent) / 1e6;

    /// <summary>Adds what another result counted.</summary>
    public void Add(LoadResult other)
    {
        _latencyNs.Add(other._latencyNs);
        _lateNs.Add(other._lateNs);
        foreach ((string error, long count) in other._errors)
        {
            _errors.AddOrUpdate(error, count, (_, before) => before + count);
        }

        _ok += other._ok;
        _failed += other._failed;
        _dropped += other._dropped;
        Elapsed += other.Elapsed;
    }

    public void AddElapsed(TimeSpan elapsed) => Elapsed += elapsed;

    /// <summary>An answer; times are those of <see cref="Stopwatch"/>.</summary>
    public void AddAnswer(long intended, long end, string? error)
    {
        if (error is not null)
        {
            Interlocked.Increment(ref _failed);
            string key = _errors.Count < ErrorsShownMax || _errors.ContainsKey(error) ? error : "others";
            _errors.AddOrUpdate(key, 1, static (_, count) => count + 1);
            return;
        }

        Interlocked.Increment(ref _ok);
        _latencyNs.RecordValue(Nanoseconds(end - intended));
    }

    /// <summary>How much later than intended the client itself sent a call: its own share of the latency.</summary>
    public void AddSend(long intended, long sent) => _lateNs.RecordValue(Nanoseconds(sent - intended));

    public void AddDropped() => Interlocked.Increment(ref _dropped);

    public IReadOnlyDictionary<string, object> ToReport(LoadOptions options, TargetOptions target) =>
        new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["target"] = target.Kind.ToString().ToLowerInvariant(),
            ["address"] = target.Address.ToString(),
            ["mode"] = options.IsClosed ? "closed" : "open",
            ["rate"] = options.IsClosed ? 0 : options.Rate,
            ["connections"] = options.Connections,
            ["streams"] = options.Streams,
            ["rounds"] = options.Rounds,
            ["seconds"] = Math.Round(Elapsed.TotalSeconds, 3),
            ["ok"] = _ok,
            ["failed"] = _failed,
            ["dropped"] = _dropped,
            ["calls_per_s"] = Math.Round(_ok / Math.Max(1e-9, Elapsed.TotalSeconds), 1),
            ["latency_ms"] = Percentiles(_latencyNs),
            ["send_late_ms"] = Percentiles(_lateNs),
            ["errors"] = _errors.ToDictionary(StringComparer.Ordinal),
        };

    private static long Nanoseconds(long ticks) =>
        Math.Clamp((long)(ticks * (1e9 / Stopwatch.Frequency)), 1, LongestNs);

    private static Dictionary<string, double> Percentiles(HistogramBase histogram)
    {
        (string name, double percent)[] wanted =
            [("p50", 50), ("p90", 90), ("p99", 99), ("p99_9", 99.9), ("p99_99", 99.99), ("max", 100)];
        return wanted.ToDictionary(
            item => item.name,
            item => histogram.TotalCount == 0
                ? 0
                : Math.Round(histogram.GetValueAtPercentile(item.percent) / 1e6, 4),
            StringComparer.Ordinal);
    }
}
