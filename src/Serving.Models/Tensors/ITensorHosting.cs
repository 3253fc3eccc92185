namespace Serving.Models.Tensors;

/// <summary>
/// How a server opens the tensor models of its bundles: within which limits, in which process, in batches or not.
/// Engine is given one and knows no runtime. Safe for use by several threads.
/// </summary>
public interface ITensorHosting
{
    /// <summary>What the server allows a model; its bundle may allow less.</summary>
    /// <param name="model">Name of the model.</param>
    TensorModelOptions OptionsOf(string model);

    /// <summary>Opens a model that was checked.</summary>
    /// <exception cref="Data.InputException">The runtime refuses it, or it cannot be hosted as it should.</exception>
    /// <exception cref="RuntimeMissingException">The runtime's library is not there.</exception>
    ITensorScorer Open(TensorOpening opening);
}
