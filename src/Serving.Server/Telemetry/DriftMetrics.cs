using System.Globalization;
using Prometheus;
using Serving.Engine.Drift;

namespace Serving.Server.Telemetry;

/// <summary>
/// Drift on the metrics page: the newest hour and day of each version, computed when the page is asked for. Used by one
/// collection at a time.
/// </summary>
internal sealed class DriftMetrics
{
    private static readonly string[] s_labels = ["model", "version", "period", "column"];

    private readonly DriftWatch _watch;
    private readonly Gauge _rows;
    private readonly Gauge _psi;
    private readonly Gauge _expected;
    private readonly Gauge _missing;
    private readonly Gauge _baselineMissing;
    private readonly Gauge _unseen;
    private readonly Gauge _state;
    private readonly Gauge _lost;
    private readonly Lock _gate = new();

    private DriftMetrics(CollectorRegistry registry, DriftWatch watch)
    {
        _watch = watch;
        MetricFactory factory = Metrics.WithCustomRegistry(registry);
        _rows = factory.CreateGauge(
            "serving_drift_rows", "Rows answered in the newest hour or day.", s_labels[..3]);
        _psi = factory.CreateGauge(
            "serving_drift_psi", "PSI of a feature or the score against its baseline.", s_labels);
        _expected = factory.CreateGauge(
            "serving_drift_expected_psi", "What the PSI is on average without drift.", s_labels);
        _missing = factory.CreateGauge("serving_drift_missing_ratio", "Share of rows without a value.", s_labels);
        _baselineMissing = factory.CreateGauge(
            "serving_drift_baseline_missing_ratio", "Share of the baseline's rows without a value.", s_labels);
        _unseen = factory.CreateGauge(
            "serving_drift_unseen_ratio", "Share of texts that the baseline does not name.", s_labels);
        _state = factory.CreateGauge(
            "serving_drift_state", "0 ok, 1 warn (PSI from 0.1), 2 page (from 0.25), never by chance.", s_labels);
        _lost = factory.CreateGauge(
            "serving_drift_uncounted", "Answers that came faster than their version's baseline was made.");
    }

    /// <summary>Has a page show the drift that a watch sees.</summary>
    public static void AddTo(CollectorRegistry registry, DriftWatch watch) =>
        registry.AddBeforeCollectCallback(new DriftMetrics(registry, watch).Update);

    private void Update()
    {
        lock (_gate)
        {
            Gauge[] gauges = [_rows, _psi, _expected, _missing, _baselineMissing, _unseen, _state];
            var gone = gauges.ToDictionary(
                gauge => gauge,
                gauge => gauge.GetAllLabelValues().Select(values => string.Join('\n', values)).ToHashSet());
            foreach (DriftReading reading in _watch.Newest)
            {
                Show(reading, gone);
            }

            foreach ((Gauge gauge, HashSet<string> labels) in gone)
            {
                foreach (string values in labels)
                {
                    gauge.RemoveLabelled(values.Split('\n'));
                }
            }

            _lost.Set(_watch.LostCount);
        }
    }

    private void Show(DriftReading reading, Dictionary<Gauge, HashSet<string>> gone)
    {
        string version = reading.Version.ToString(CultureInfo.InvariantCulture);
        string period = reading.Kind == DriftPeriodKind.Hour ? "hour" : "day";
        Set(_rows, reading.Period.Rows, gone, reading.Model, version, period);
        foreach (DriftColumn column in reading.Period.Columns)
        {
            string[] labels = [reading.Model, version, period, column.Name];
            Set(_psi, column.Psi, gone, labels);
            Set(_expected, column.Expected, gone, labels);
            Set(_missing, column.Missing, gone, labels);
            Set(_baselineMissing, column.BaselineMissing, gone, labels);
            Set(_unseen, column.Unseen, gone, labels);
            Set(_state, (int)column.State, gone, labels);
        }
    }

    private static void Set(Gauge gauge, double value, Dictionary<Gauge, HashSet<string>> gone, params string[] labels)
    {
        gauge.WithLabels(labels).Set(value);
        gone[gauge].Remove(string.Join('\n', labels));
    }
}
