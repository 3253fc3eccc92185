using System.Diagnostics.Metrics;
using System.Globalization;

namespace Serving.Server.Telemetry;

/// <summary>
/// Instruments of one version of a model, its labels as their tags, so that recording is one call without tags. Safe
/// for use by several threads.
/// </summary>
internal abstract class MeterSet(object owner, string model, long version) : IDisposable
{
    // A meter of its own for each instrument, as VersionMeters says.
    private readonly List<Meter> _meters = [];
    private readonly KeyValuePair<string, object?>[] _tags =
    [
        new("model", model),
        new("version", version.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>Takes the instruments off the page.</summary>
    public void Dispose()
    {
        foreach (Meter meter in _meters)
        {
            meter.Dispose();
        }
    }

    /// <summary>Makes a counter.</summary>
    protected Counter<long> NewCounter(string name, string description) =>
        NewMeter().CreateCounter<long>(name, unit: null, description, _tags);

    /// <summary>Makes a histogram of seconds, or of what else the unit says.</summary>
    protected Histogram<double> NewHistogram(string name, string unit, string description) =>
        NewMeter().CreateHistogram<double>(name, unit, description, _tags);

    private Meter NewMeter()
    {
        var meter = new Meter(new MeterOptions(ServerMetrics.MeterName) { Scope = owner });
        _meters.Add(meter);
        return meter;
    }
}
