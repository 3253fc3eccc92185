using System.Collections.Immutable;

namespace Serving.Engine.Drift;

/// <summary>How far the traffic of a version is from its baseline. Immutable.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Baseline">Name of what is compared with: <c>bundle</c>, or <c>traffic since T</c>.</param>
/// <param name="Periods">Periods with answers, oldest first; the last one may be under way.</param>
public sealed record DriftReport(string Model, long Version, string Baseline, ImmutableArray<DriftPeriod> Periods);
