using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Tensors;
using Serving.Engine.Tensors.Mapping;
using Serving.Models;
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
    /// <summary>How it is opened: in which process, in batches or not.</summary>
    public ITensorHosting Hosting { get; init; } = PlainTensorHosting.Default;

    /// <summary>Name of the bundle's model; empty while it is packed.</summary>
    public string Name { get; init; } = "";

    /// <summary>The bundle's version; 0 while it is packed.</summary>
    public long Version { get; init; }

    /// <summary>How a script's columns fill it; null where it is served raw.</summary>
    public TensorMapping? Mapping => Mapped?.Mapping;

    /// <summary>Scores by it behind a script; null where it is served raw.</summary>
    public MappedScorer? Mapped { get; private init; }

    /// <summary>Whether it is served raw, by tensors and not by rows.</summary>
    public bool IsRaw => Mapped is null;

    /// <summary>The model behind a script.</summary>
    public BundleTensors Behind(TensorMapping mapping) => this with
    {
        Mapped = new MappedScorer(mapping, Model.WeightBytes, () => new ServedTensors(Open(), Options)),
    };

    /// <summary>
    /// The model as a pipeline takes it; of a raw one that of no fields, which nobody scores by rows.
    /// </summary>
    public BundleModel AsModel() => new()
    {
        Format = Model.Format,
        Inputs = Mapping?.ModelInputs ?? [],
        Categories = [.. (Mapping?.ModelInputs ?? []).Select(_ => ImmutableArray<string>.Empty)],
        HasDefaultNames = false,
        IsLinear = false,
        MemoryBytes = Model.WeightBytes,
        CreateScorer = CreateScorer,
        CreateReference = CreateScorer,
    };

    // There is no plainer way to run it beside which it could be compared.
    private IScorer CreateScorer() => Mapped as IScorer ?? new RawScorer(Model.WeightBytes);

    /// <summary>Opens it as it is hosted.</summary>
    /// <param name="samples">Sample calls, by which is seen whether calls may run together; null without any.</param>
    /// <exception cref="InputException">The runtime refuses it.</exception>
    /// <exception cref="RuntimeMissingException">The runtime is not there.</exception>
    public ITensorScorer Open(SampleCalls? samples = null)
    {
        var opening = new TensorOpening(Name, Version, Factory, Files, Options)
        {
            WhyAlone = Mapping is { RowsPerCall: 1 } ? "the bundle's mapping has each row go alone" : null,
        };
        return Hosting.Open(samples is null ? opening : opening with { FillSamples = samples.Fill });
    }
}
