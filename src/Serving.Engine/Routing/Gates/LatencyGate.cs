namespace Serving.Engine.Routing.Gates;

/// <summary>Share of answers slower than an objective by the server's own time.</summary>
/// <param name="Slo">The objective.</param>
/// <param name="Increase">Share by which the canary may lie above, 0 to 1.</param>
/// <param name="Samples">Requests of the canary before it is judged.</param>
/// <param name="Window">How far back it looks.</param>
public sealed record LatencyGate(TimeSpan Slo, double Increase, long Samples, TimeSpan Window);
