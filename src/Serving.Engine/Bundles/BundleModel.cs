using System.Collections.Immutable;
using Serving.Models;

namespace Serving.Engine.Bundles;

/// <summary>A model as a bundle sees it. Immutable.</summary>
internal sealed record BundleModel
{
    /// <summary>Format of its file, as <c>model show</c> names it.</summary>
    public required string Format { get; init; }

    /// <summary>What a feature batch must hold.</summary>
    public required ImmutableArray<ModelInput> Inputs { get; init; }

    /// <summary>Names of the categories of each input in the order of their codes; empty for other inputs.</summary>
    public required ImmutableArray<ImmutableArray<string>> Categories { get; init; }

    /// <summary>Whether the model holds no names of its own, so that columns may be given by position.</summary>
    public required bool HasDefaultNames { get; init; }

    /// <summary>
    /// Whether dense inputs are weights of continuous columns, so that ids may not stand there as numbers.
    /// </summary>
    public required bool IsLinear { get; init; }

    /// <summary>Memory of the model, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Numbers around which each input's samples are made (thresholds); may be empty.</summary>
    public ImmutableArray<ImmutableArray<double>> SampleValues { get; init; } = [];

    /// <summary>Makes the scorer that serves.</summary>
    public required Func<IScorer> CreateScorer { get; init; }

    /// <summary>Makes the plain scorer with which the serving one is compared.</summary>
    public required Func<IScorer> CreateReference { get; init; }
}
