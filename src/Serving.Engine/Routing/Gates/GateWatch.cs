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
    private CanaryPlan? _plan;

    /// <summary>What was read last; empty when nothing is judged.</summary>
    public ImmutableArray<GateReading> Readings { get; private set; } = [];

    /// <summary>Looks at the counters of all Ready versions, so that windows have a beginning.</summary>
    public void Look(IReadOnlyList<ServedVersion> ready, DateTimeOffset now, TimeSpan longest)
    {
        foreach (ServedVersion gone in _windows.Keys.Except(ready).ToArray())
        {
            _windows.Remove(gone);
        }

        foreach (ServedVersion version in ready)
        {
            if (!_windows.TryGetValue(version, out CounterWindow? window))
            {
                _windows.Add(version, window = new CounterWindow(version.Routed));
            }

            window.Look(now, longest);
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
    public GateReading? JudgeCanary(ServedVersion canary, ServedVersion stable, CanaryPlan plan, DateTimeOffset now)
    {
        if (_plan?.Version != plan.Version || _plan.Since > plan.Since)
        {
            _windows[canary].Mark();
            _windows[stable].Mark();
        }

        _plan = plan;
        CounterWindow baseline = _windows[stable];
        return Judge(
            canary, plan.Gates, now, stable.Routed.FeatureNames, window => baseline.Last(window, now),
            baseline.SinceMark);
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

        return Judge(stable, gates, now, frozen.Features, window => frozen.Windows[window], null);
    }

    /// <summary>Nothing is judged any more.</summary>
    public void Rest()
    {
        Readings = [];
        _plan = null;
    }

    private GateReading? Judge(
        ServedVersion version, GateOptions gates, DateTimeOffset now, ImmutableArray<string> baselineFeatures,
        Func<TimeSpan, CounterReading> baseline, Func<CounterReading>? baselineSinceMark)
    {
        CounterWindow own = _windows[version];
        var judge = new GateJudge(gates)
        {
            Canary = window => own.Last(window, now),
            Baseline = baseline,
            CanarySinceMark = baselineSinceMark is null ? null : own.SinceMark,
            BaselineSinceMark = baselineSinceMark,
            CanaryFeatures = version.Routed.FeatureNames,
            BaselineFeatures = baselineFeatures,
            CanaryBundle = version.Baseline,
        };
        Readings = judge.Judge();
        return Readings.FirstOrDefault(reading => reading.State == GateState.Broken);
    }

    private static IEnumerable<TimeSpan> WindowsOf(GateOptions gates) => new[]
    {
        gates.Errors?.Window, gates.Latency?.Window, gates.Drift?.Window, gates.Missing?.Window,
    }.OfType<TimeSpan>().Distinct();
}
