using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Engine.Versions;

namespace Serving.Engine.Drift;

/// <summary>
/// Drift of all versions that are served: collects every second, and reports. Safe for use by several threads.
/// </summary>
public sealed class DriftWatch : IDisposable
{
    // Rows are attributed to the hour of the last collection, so this is how far an hour's edge may be off.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly Func<ModelTable> _table;
    private readonly TimeProvider _time;
    private ITimer? _timer;

    internal DriftWatch(Func<ModelTable> table, TimeProvider time)
    {
        _table = table;
        _time = time;
    }

    /// <summary>The newest hour and day of every Ready version whose baseline is known.</summary>
    public ImmutableArray<DriftReading> Newest
    {
        get
        {
            var readings = ImmutableArray.CreateBuilder<DriftReading>();
            foreach (ServedVersion version in _table().Ready)
            {
                foreach (DriftPeriodKind kind in (DriftPeriodKind[])[DriftPeriodKind.Hour, DriftPeriodKind.Day])
                {
                    if (version.Drift?.Newest(kind) is { } period)
                    {
                        readings.Add(new DriftReading(version.Model, version.Number, kind, period));
                    }
                }
            }

            return readings.ToImmutable();
        }
    }

    /// <summary>Answers that came faster than their version's baseline was made, and were not counted.</summary>
    public long LostCount => _table().Ready.Sum(version => version.Drift?.LostCount ?? 0);

    /// <summary>
    /// The drift of a Ready version, or null and why not: NotFound and its kin as for a request; FailedPrecondition
    /// where drift is not watched.
    /// </summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="version">Version from 1, or 0 for the one that answers.</param>
    /// <param name="kind">Hours or days.</param>
    /// <param name="code">Why there is none.</param>
    public DriftReport? Report(string model, long version, DriftPeriodKind kind, out ErrorCode code)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(model);
        ModelTable table = _table();
        ModelEntry? entry = table.Find(utf8);
        int index = entry is null ? -1 : entry.IndexOfReady(version, default);
        code = index < 0 ? table.WhyNot(utf8, version) : ErrorCode.None;
        if (index < 0)
        {
            return null;
        }

        DriftMeter? meter = entry!.ReadyAt(index).Drift;
        code = meter is null ? ErrorCode.FailedPrecondition : ErrorCode.None;
        return meter?.Report(kind);
    }

    /// <summary>Takes what came since the last call into the hours and days of all versions. For tests.</summary>
    public void Collect()
    {
        foreach (ServedVersion version in _table().Ready)
        {
            version.Drift?.Collect();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    internal void Start() => _timer = _time.CreateTimer(_ => Collect(), null, s_interval, s_interval);
}
