namespace Serving.Engine.Routing.Gates;

/// <summary>Share of missing values of each feature before encoders, by its name.</summary>
/// <param name="Increase">Share by which the canary may lie above, 0 to 1.</param>
/// <param name="Samples">Rows of the canary before it is judged.</param>
/// <param name="Window">How far back it looks.</param>
public sealed record MissingGate(double Increase, long Samples, TimeSpan Window);
