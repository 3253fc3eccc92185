namespace Serving.Engine.Routing.Gates;

/// <summary>What a canary is judged by; a gate that is null is not looked at. Immutable.</summary>
public sealed record GateOptions
{
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(5);

    /// <summary>Share of answers other than OK.</summary>
    public ErrorGate? Errors { get; init; } = new(0.005, 1000, s_window);

    /// <summary>Share of answers slower than the objective.</summary>
    public LatencyGate? Latency { get; init; } = new(TimeSpan.FromMilliseconds(5), 0.01, 1000, s_window);

    /// <summary>Population stability of the scores.</summary>
    public DriftGate? Drift { get; init; } = new(0.25, 5000, TimeSpan.FromMinutes(15));

    /// <summary>Share of missing values of each feature.</summary>
    public MissingGate? Missing { get; init; } = new(0.05, 1000, s_window);

    /// <summary>The longest window of all gates that are looked at; zero where none is.</summary>
    public TimeSpan WindowMax => new(Math.Max(
        Math.Max((Errors?.Window ?? default).Ticks, (Latency?.Window ?? default).Ticks),
        Math.Max((Drift?.Window ?? default).Ticks, (Missing?.Window ?? default).Ticks)));
}
