using Serving.Data;
using Serving.Engine.Tensors;
using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>A tensor model as a bundle sees it: checked, not opened. Immutable.</summary>
/// <param name="Factory">Opens it.</param>
/// <param name="Files">Its files.</param>
/// <param name="Model">What they say.</param>
/// <param name="Options">How it is opened.</param>
internal sealed record BundleTensors(
    IScorerFactory Factory, ModelFiles Files, TensorModel Model, TensorModelOptions Options)
{
    /// <summary>The model behind a pipeline of no fields, which nobody scores by rows.</summary>
    public BundleModel AsModel() => new()
    {
        Format = Model.Format,
        Inputs = [],
        Categories = [],
        HasDefaultNames = false,
        IsLinear = false,
        MemoryBytes = Model.WeightBytes,
        CreateScorer = () => new RawScorer(Model.WeightBytes),
        CreateReference = () => new RawScorer(Model.WeightBytes),
    };

    /// <summary>Opens it in its runtime.</summary>
    /// <exception cref="InputException">The runtime refuses it.</exception>
    /// <exception cref="RuntimeMissingException">The runtime is not there.</exception>
    public ITensorScorer Open() => Factory.Open(Files, Options);
}
