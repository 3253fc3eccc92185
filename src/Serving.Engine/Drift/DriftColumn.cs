namespace Serving.Engine.Drift;

/// <summary>One column of a period beside the baseline. Immutable.</summary>
/// <param name="Name">Name of the feature, or <c>score</c>.</param>
/// <param name="Psi">Its index; rows without a value are a bucket of their own where there are any.</param>
/// <param name="Expected">What the index is on average without drift.</param>
/// <param name="Missing">Share of rows without a value.</param>
/// <param name="BaselineMissing">The same of the baseline.</param>
/// <param name="Unseen">Share of texts that the baseline does not name; 0 of a number.</param>
/// <param name="State">What the index says.</param>
/// <param name="Sketch">The counts.</param>
public sealed record DriftColumn(
    string Name,
    double Psi,
    double Expected,
    double Missing,
    double BaselineMissing,
    double Unseen,
    DriftState State,
    DriftSketch Sketch);
