namespace Serving.Models.Tensors;

/// <summary>Opens every model in its runtime, in this process, call by call. Immutable.</summary>
/// <param name="options">What every model is allowed.</param>
public sealed class PlainTensorHosting(TensorModelOptions options) : ITensorHosting
{
    /// <summary>With all defaults.</summary>
    public static PlainTensorHosting Default { get; } = new(TensorModelOptions.Default);

    /// <inheritdoc/>
    public TensorModelOptions OptionsOf(string model) => options;

    /// <inheritdoc/>
    public ITensorScorer Open(TensorOpening opening) => opening.Factory.Open(opening.Files, opening.Options);
}
