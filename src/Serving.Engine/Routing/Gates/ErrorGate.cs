namespace Serving.Engine.Routing.Gates;

/// <summary>
/// Share of answers other than OK: broken above the baseline's by the increase and 4 standard errors.
/// </summary>
/// <param name="Increase">Share by which the canary may lie above, 0 to 1.</param>
/// <param name="Samples">Requests of the canary before it is judged.</param>
/// <param name="Window">How far back it looks.</param>
public sealed record ErrorGate(double Increase, long Samples, TimeSpan Window);
