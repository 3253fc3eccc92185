namespace Serving.Engine.Routing;

/// <summary>How a shadow's answers differ from those that callers got. Immutable.</summary>
/// <param name="Version">The shadow.</param>
/// <param name="Compared">Rows compared.</param>
/// <param name="Dropped">Requests that were not copied, because the queue was full or the shadow failed.</param>
/// <param name="Disagree">
/// Rows between whose two scores a threshold of the shadow's bundle lies; 0.5 where it has none.
/// </param>
/// <param name="DeltaMean">Mean of shadow's score less the answer's.</param>
/// <param name="DeltaP50">Median of the differences' sizes.</param>
/// <param name="DeltaP99">The size that one of a hundred exceeds.</param>
/// <param name="DeltaMax">The greatest size.</param>
/// <param name="P99Ms">The time that one of a hundred copies exceeds, in ms.</param>
public sealed record ShadowComparison(
    long Version,
    long Compared,
    long Dropped,
    long Disagree,
    double DeltaMean,
    double DeltaP50,
    double DeltaP99,
    double DeltaMax,
    double P99Ms);
