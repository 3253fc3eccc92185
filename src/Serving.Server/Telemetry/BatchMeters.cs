using System.Diagnostics.Metrics;

namespace Serving.Server.Telemetry;

/// <summary>What the batches of one version do. Safe for use by several threads; recording allocates nothing.</summary>
internal sealed class BatchMeters : MeterSet
{
    private readonly Histogram<double> _rows;
    private readonly Histogram<double> _waited;
    private readonly Histogram<double> _ran;
    private readonly Counter<long> _padded;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _expired;

    /// <summary>Makes the instruments.</summary>
    public BatchMeters(object owner, string model, long version)
        : base(owner, model, version)
    {
        _rows = NewHistogram("serving_batch_rows", MetricsPage.RowUnit, "Rows of each run of a tensor model.");
        _waited = NewHistogram(
            "serving_batch_wait_seconds", "s", "How long the first call of a run had waited for it.");
        _ran = NewHistogram("serving_batch_run_seconds", "s", "How long each run of a tensor model took.");
        _padded = NewCounter("serving_batch_padded_rows_total", "Rows that ran to fill a size, for nobody.");
        _refused = NewCounter("serving_batch_refused_total", "Calls refused because too many waited.");
        _expired = NewCounter(
            "serving_batch_expired_total", "Calls whose time ended while they waited or their batch ran.");
    }

    /// <summary>Notes a run.</summary>
    public void Run(int rows, int size, TimeSpan waited, TimeSpan ran)
    {
        _rows.Record(rows);
        _waited.Record(waited.TotalSeconds);
        _ran.Record(ran.TotalSeconds);
        if (size > rows)
        {
            _padded.Add(size - rows);
        }
    }

    /// <summary>Counts a refusal.</summary>
    public void Refuse() => _refused.Add(1);

    /// <summary>Counts a call whose time ended.</summary>
    public void Expire() => _expired.Add(1);
}
