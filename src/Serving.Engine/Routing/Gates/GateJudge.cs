using System.Collections.Immutable;
using Serving.Engine.Drift;

namespace Serving.Engine.Routing.Gates;

/// <summary>
/// Compares what a version did with what its baseline did. Pure. Shares differ when they lie further apart than the
/// increase and than 4 pooled standard errors; scores differ by their population stability index.
/// </summary>
internal sealed class GateJudge(GateOptions options)
{
    private const double StandardErrors = 4;

    /// <summary>Counts of the version over a time.</summary>
    public required Func<TimeSpan, CounterReading> Canary { get; init; }

    /// <summary>Counts of the baseline over a time.</summary>
    public required Func<TimeSpan, CounterReading> Baseline { get; init; }

    /// <summary>
    /// Counts of the version since it was published: taken where the window alone has too few samples, so that a plan
    /// under little traffic takes longer instead of for ever. Null looks at windows alone.
    /// </summary>
    public Func<CounterReading>? CanarySinceMark { get; init; }

    /// <summary>Counts of the baseline in the same time.</summary>
    public Func<CounterReading>? BaselineSinceMark { get; init; }

    /// <summary>Names of the version's features before encoders.</summary>
    public required ImmutableArray<string> CanaryFeatures { get; init; }

    /// <summary>Names of the baseline's features before encoders.</summary>
    public required ImmutableArray<string> BaselineFeatures { get; init; }

    /// <summary>
    /// What the version's bundle says of its features when it was made: features that the baseline lacks are compared
    /// with it. Null where the bundle has none.
    /// </summary>
    public DriftBaseline? CanaryBundle { get; init; }

    /// <summary>What gates read before they looked once.</summary>
    public static ImmutableArray<GateReading> Unread(GateOptions options)
    {
        CounterReading none = new(0, 0, 0, 0, BinCounts.Empty, BinCounts.Empty, []);
        return new GateJudge(options)
        {
            Canary = _ => none,
            Baseline = _ => none,
            CanaryFeatures = [],
            BaselineFeatures = [],
        }.Judge();
    }

    /// <summary>What every gate that is looked at reads.</summary>
    public ImmutableArray<GateReading> Judge()
    {
        var readings = ImmutableArray.CreateBuilder<GateReading>();
        if (options.Errors is { } errors)
        {
            readings.Add(JudgeErrors(errors));
        }

        if (options.Latency is { } latency)
        {
            readings.Add(JudgeLatency(latency));
        }

        if (options.Drift is { } drift)
        {
            readings.Add(JudgeDrift(drift));
        }

        if (options.Missing is { } missing)
        {
            readings.Add(JudgeMissing(missing));
        }

        return readings.ToImmutable();
    }

    // Both sides over the window, or over all since the canary was published where it has too few samples.
    private (CounterReading Canary, CounterReading Baseline) Over(
        TimeSpan window, long needed, Func<CounterReading, long> samples)
    {
        CounterReading canary = Canary(window);
        return samples(canary) < needed && CanarySinceMark is not null && BaselineSinceMark is not null
            ? (CanarySinceMark(), BaselineSinceMark())
            : (canary, Baseline(window));
    }

    private GateReading JudgeErrors(ErrorGate gate)
    {
        (CounterReading canary, CounterReading baseline) = Over(gate.Window, gate.Samples, counts => counts.Requests);
        return JudgeShares(
            "errors", (canary.Errors, canary.Requests), (baseline.Errors, baseline.Requests), gate.Increase,
            gate.Samples, gate.Window);
    }

    private GateReading JudgeLatency(LatencyGate gate)
    {
        (CounterReading canary, CounterReading baseline) = Over(gate.Window, gate.Samples, counts => counts.Requests);
        double slo = gate.Slo.TotalMicroseconds;
        return JudgeShares(
            "latency",
            (canary.Micros.Above(slo), canary.Requests),
            (baseline.Micros.Above(slo), baseline.Requests),
            gate.Increase,
            gate.Samples,
            gate.Window);
    }

    private GateReading JudgeDrift(DriftGate gate)
    {
        (CounterReading own, CounterReading other) = Over(gate.Window, gate.Samples, counts => counts.Scores.Total);
        BinCounts canary = own.Scores;
        BinCounts baseline = other.Scores;
        if (baseline.Total == 0 || canary.Total == 0)
        {
            return new GateReading(
                "drift", 0, gate.Psi, canary.Total, gate.Samples, gate.Window, GateState.Waiting);
        }

        (long[] expected, long[] found) = baseline.Deciles(canary);
        double psi = PopulationStability.Index(found, expected);
        double chance = PopulationStability.Expected(found, expected);
        double limit = Math.Max(gate.Psi, PopulationStability.ChanceFactor * chance);
        return Reading("drift", psi, limit, canary.Total, gate.Samples, gate.Window, psi > limit);
    }

    // The worst of all features that both have, and of those that only the version has and its bundle knows.
    private GateReading JudgeMissing(MissingGate gate)
    {
        (CounterReading canary, CounterReading baseline) = Over(gate.Window, gate.Samples, counts => counts.Rows);
        GateReading worst = JudgeShares(
            "missing", (0, canary.Rows), (0, baseline.Rows), gate.Increase, gate.Samples, gate.Window);
        for (int feature = 0; feature < CanaryFeatures.Length; feature++)
        {
            string name = CanaryFeatures[feature];
            int other = BaselineFeatures.IndexOf(name);
            BaselineColumn? column = other < 0 ? CanaryBundle?.Find(name) : null;
            if (other < 0 && column is null)
            {
                continue;
            }

            GateReading reading = JudgeShares(
                "missing", (canary.Missing[feature], canary.Rows),
                column is null ? (baseline.Missing[other], baseline.Rows) : (column.Missing, column.Rows),
                gate.Increase, gate.Samples, gate.Window);
            bool isWorse = reading.State > worst.State
                || (reading.State == worst.State && reading.Value - reading.Limit > worst.Value - worst.Limit);
            worst = isWorse || worst.Subject.Length == 0 ? reading with { Subject = name } : worst;
        }

        return worst;
    }

    private static GateReading JudgeShares(
        string gate, (long Part, long All) canary, (long Part, long All) baseline, double increase, long needed,
        TimeSpan window)
    {
        if (canary.All == 0 || baseline.All == 0)
        {
            return new GateReading(gate, 0, increase, canary.All, needed, window, GateState.Waiting);
        }

        double difference = ((double)canary.Part / canary.All) - ((double)baseline.Part / baseline.All);
        double pooled = (double)(canary.Part + baseline.Part) / (canary.All + baseline.All);
        double error = Math.Sqrt(pooled * (1 - pooled) * ((1.0 / canary.All) + (1.0 / baseline.All)));
        double limit = Math.Max(increase, StandardErrors * error);
        return Reading(gate, difference, limit, canary.All, needed, window, difference > limit);
    }

    private static GateReading Reading(
        string gate, double value, double limit, long samples, long needed, TimeSpan window, bool isOver) =>
        new(gate, value, limit, samples, needed, window, samples < needed ? GateState.Waiting
            : isOver ? GateState.Broken : GateState.Ok);
}
