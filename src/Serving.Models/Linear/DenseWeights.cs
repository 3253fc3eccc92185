namespace Serving.Models.Linear;

/// <summary>Weights of one dense input. Immutable.</summary>
/// <param name="Name">Name of the input.</param>
/// <param name="Weights">One per output, finite.</param>
/// <param name="Missing">What a missing value adds, one per output; empty where it adds nothing.</param>
public sealed record DenseWeights(string Name, double[] Weights, double[] Missing);
