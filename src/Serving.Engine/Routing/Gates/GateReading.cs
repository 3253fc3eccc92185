namespace Serving.Engine.Routing.Gates;

/// <summary>What a gate read. Immutable.</summary>
/// <param name="Gate">errors, latency, drift or missing.</param>
/// <param name="Value">Its value: a difference of shares, or a population stability index.</param>
/// <param name="Limit">What it must not exceed: the greater of its two limits.</param>
/// <param name="Samples">Samples of the canary.</param>
/// <param name="Needed">Samples that it needs.</param>
/// <param name="Window">How far back it looked.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Subject">The feature that is worst, of the gate of missing values; empty otherwise.</param>
public sealed record GateReading(
    string Gate,
    double Value,
    double Limit,
    long Samples,
    long Needed,
    TimeSpan Window,
    GateState State,
    string Subject = "");
