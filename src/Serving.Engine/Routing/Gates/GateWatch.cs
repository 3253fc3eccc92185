using System.Collections.Immutable;
using Serving.Engine.Versions;

namespace Serving.Engine.Routing.Gates;

/// <summary>
/// Follows the counters of one model's versions and judges its canary, or its stable version on trial. Used by the
/// control thread alone.
/// </summary>
internal sealed class GateWatch
{
    private readonly Dictionary<ServedVersion, CounterWindow> _windows = [];
    private FrozenBaseline? _frozen;

    /// <summary>What was read last; empty when nothing is judged.</summary>
    public ImmutableArray<GateReading> Readings { get; private set; } = [];

    /// <summary>Takes the counters of all Ready versions, so that windows have a beginning.</summary>
    public void Take(IReadOnlyList<ServedVersion> ready, DateTimeOffset now, TimeSpan longest)
    {
        foreach (ServedVersion gone in _windows.Keys.Except(ready).ToArray())
        {
            _windows.Remove(gone);
        }

        foreach (ServedVersion version in ready)
        {
            if (!_windows.TryGetValue(version, out CounterWindow? window))
            {
                _windows.Add(version, window = new CounterWindow());
            }

            window.Take(version.Routed.Read(), now, longest);
        }
    }

    /// <summary>Keeps a version's last windows as the baseline of what follows it.</summary>
    public void Freeze(ServedVersion? version, GateOptions gates, DateTimeOffset now)
    {
        _frozen = version is null || !_windows.TryGetValue(version, out CounterWindow? window)
            ? null
            : new FrozenBaseline(
                version.Routed.FeatureNames,
                WindowsOf(gates).ToImmutableDictionary(length => length, length => window.Last(length, now)));
    }

    /// <summary>Judges a canary against the stable version beside it. The gate that broke, or null.</summary>
    public GateReading? JudgeCanary(ServedVersion canary, ServedVersion stable, GateOptions gates, DateTimeOffset now)
    {
        CounterWindow baseline = _windows[stable];
        return Judge(canary, gates, now, stable.Routed.FeatureNames, window => baseline.Last(window, now));
    }

    /// <summary>Judges a stable version against the one before it. The gate that broke, or null.</summary>
    public GateReading? JudgeStable(ServedVersion stable, GateOptions gates, DateTimeOffset now)
    {
        if (_frozen is not { } frozen || WindowsOf(gates).Any(window => !frozen.Windows.ContainsKey(window)))
        {
            // After a restart nobody remembers what the version before it did.
            Readings = [];
            return null;
        }

        return Judge(stable, gates, now, frozen.Features, window => frozen.Windows[window]);
    }

    /// <summary>Nothing is judged any more.</summary>
    public void Rest() => Readings = [];

    private GateReading? Judge(
        ServedVersion version, GateOptions gates, DateTimeOffset now, ImmutableArray<string> baselineFeatures,
        Func<TimeSpan, CounterReading> baseline)
    {
        CounterWindow own = _windows[version];
        var judge = new GateJudge(gates)
        {
            Canary = window => own.Last(window, now),
            Baseline = baseline,
            CanaryFeatures = version.Routed.FeatureNames,
            BaselineFeatures = baselineFeatures,
        };
        Readings = judge.Judge();
        return Readings.FirstOrDefault(reading => reading.State == GateState.Broken);
    }

    private static IEnumerable<TimeSpan> WindowsOf(GateOptions gates) => new[]
    {
        gates.Errors?.Window, gates.Latency?.Window, gates.Drift?.Window, gates.Missing?.Window,
    }.OfType<TimeSpan>().Distinct();
}
