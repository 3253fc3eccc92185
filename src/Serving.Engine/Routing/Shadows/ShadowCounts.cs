using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Routing.Shadows;

/// <summary>
/// What a shadow's copies came to. The shadow's thread adds, request threads count what is dropped, others read.
/// </summary>
internal sealed class ShadowCounts
{
    private readonly FloatBins _sizes = new();
    private readonly FloatBins _micros = new();
    private long _compared;
    private long _dropped;
    private long _disagree;
    private double _sum;
    private double _max;

    /// <summary>Counts a request that was not copied.</summary>
    public void Drop() => Interlocked.Increment(ref _dropped);

    /// <summary>Compares a row. Of the shadow's thread alone.</summary>
    /// <param name="answered">The score that the caller got.</param>
    /// <param name="score">The shadow's.</param>
    /// <param name="thresholds">Two scores disagree where one of these lies between them.</param>
    public void Add(double answered, double score, ReadOnlySpan<double> thresholds)
    {
        double difference = score - answered;
        _sum += difference;
        _max = Math.Max(_max, Math.Abs(difference));
        _sizes.Add(Math.Abs(difference));
        foreach (double threshold in thresholds)
        {
            if (score >= threshold != answered >= threshold)
            {
                _disagree++;
                break;
            }
        }

        Interlocked.Increment(ref _compared);
    }

    /// <summary>Notes how long a copy took. Of the shadow's thread alone.</summary>
    public void AddTime(uint microseconds) => _micros.Add(microseconds);

    /// <summary>All of it now.</summary>
    public ShadowComparison Read(long version)
    {
        long compared = Interlocked.Read(ref _compared);
        BinCounts sizes = _sizes.Read();
        double max = Volatile.Read(ref _max);
        return new ShadowComparison(
            version,
            compared,
            Interlocked.Read(ref _dropped),
            Interlocked.Read(ref _disagree),
            compared == 0 ? 0 : Volatile.Read(ref _sum) / compared,
            Math.Min(max, sizes.Quantile(0.5)),
            Math.Min(max, sizes.Quantile(0.99)),
            max,
            _micros.Read().Quantile(0.99) / 1000);
    }
}
