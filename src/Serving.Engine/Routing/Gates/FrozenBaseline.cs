using System.Collections.Immutable;

namespace Serving.Engine.Routing.Gates;

/// <summary>The last windows of a version that gets no traffic any more. Immutable.</summary>
/// <param name="Features">Names of its features before encoders.</param>
/// <param name="Windows">Its counts by the length of the window.</param>
internal sealed record FrozenBaseline(
    ImmutableArray<string> Features, ImmutableDictionary<TimeSpan, CounterReading> Windows);
