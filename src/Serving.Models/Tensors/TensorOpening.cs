namespace Serving.Models.Tensors;

/// <summary>A model of a bundle that is to be opened. Immutable.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Factory">Opens it in its runtime.</param>
/// <param name="Files">Its files.</param>
/// <param name="Options">How it is run: what server and bundle both allow.</param>
public sealed record TensorOpening(
    string Model, long Version, IScorerFactory Factory, ModelFiles Files, TensorModelOptions Options)
{
    /// <summary>Why its bundle has each row go to the model alone; null where it does not.</summary>
    public string? WhyAlone { get; init; }

    /// <summary>
    /// Makes calls of a signature, filled with the bundle's samples and not run; the caller disposes them. None where
    /// the bundle has none.
    /// </summary>
    public Func<ITensorScorer, int, IReadOnlyList<TensorCall>> FillSamples { get; init; } = static (_, _) => [];
}
