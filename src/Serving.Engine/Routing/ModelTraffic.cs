using System.Collections.Immutable;
using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Routing;

/// <summary>A model's traffic as it stands: what was decided, its versions and what gates read. Immutable.</summary>
/// <param name="State">What was decided.</param>
/// <param name="Versions">Every known version, lowest first.</param>
/// <param name="Gates">What the gates of a canary or of a stable version on trial read last; empty otherwise.</param>
public sealed record ModelTraffic(
    TrafficState State, ImmutableArray<VersionTraffic> Versions, ImmutableArray<GateReading> Gates);
