namespace Serving.Engine.Drift;

/// <summary>The newest period of a kind of one version. Immutable.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Kind">Hour or day.</param>
/// <param name="Period">The period; it may be under way.</param>
public sealed record DriftReading(string Model, long Version, DriftPeriodKind Kind, DriftPeriod Period);
