using System.Runtime.CompilerServices;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Versions;

/// <summary>
/// Shows what versions did, and how many requests they had in each second of late. Used under the version control's
/// gate.
/// </summary>
internal sealed class VersionRates(TimeProvider time)
{
    private const int ScoreParts = 50;
    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(1);
    private readonly ConditionalWeakTable<ServedVersion, Mark> _marks = [];

    /// <summary>A version as it stands.</summary>
    public VersionTraffic Of(VersionHarness version)
    {
        if (version.Served is not { } served)
        {
            return new VersionTraffic(version.Status, 0, 0, 0, 0, 0, 0, []);
        }

        CounterReading counts = served.All.Read();
        return new VersionTraffic(
            version.Status,
            RateOf(served, counts.Requests),
            counts.Requests,
            counts.Errors,
            counts.Degraded,
            counts.Micros.Quantile(0.5) / 1000,
            counts.Micros.Quantile(0.99) / 1000,
            [.. counts.Scores.Parts(ScoreParts)]);
    }

    // Between two looks that are at least a second apart.
    private double RateOf(ServedVersion served, long requests)
    {
        Mark mark = _marks.GetOrCreateValue(served);
        DateTimeOffset now = time.GetUtcNow();
        TimeSpan passed = now - mark.At;
        if (passed >= s_least)
        {
            mark.Rate = mark.At == default ? 0 : (requests - mark.Requests) / passed.TotalSeconds;
            mark.At = now;
            mark.Requests = requests;
        }

        return mark.Rate;
    }

    private sealed class Mark
    {
        public DateTimeOffset At { get; set; }

        public long Requests { get; set; }

        public double Rate { get; set; }
    }
}
