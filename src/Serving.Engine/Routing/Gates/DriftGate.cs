namespace Serving.Engine.Routing.Gates;

/// <summary>
/// Population stability index of the canary's scores against the baseline's: broken above the limit and above 5 times
/// what equal models would show.
/// </summary>
/// <param name="Psi">The limit.</param>
/// <param name="Samples">Scores of the canary before it is judged.</param>
/// <param name="Window">How far back it looks.</param>
public sealed record DriftGate(double Psi, long Samples, TimeSpan Window);
