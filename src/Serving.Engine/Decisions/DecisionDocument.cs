using System.Collections.Immutable;

namespace Serving.Engine.Decisions;

/// <summary>What <c>decision.json</c> says, before its expressions are bound. Immutable.</summary>
internal sealed record DecisionDocument
{
    /// <summary>Name of the file in a bundle.</summary>
    public const string FileName = "decision.json";

    /// <summary>Word that tells the format.</summary>
    public const string Format = "serving.decision";

    /// <summary>Version of the format.</summary>
    public const int Version = 1;

    /// <summary>Routing buckets: shares are multiples of one.</summary>
    public const int Buckets = 10_000;

    /// <summary>Rules in their order.</summary>
    public ImmutableArray<DecisionRule> Rules { get; init; } = [];

    /// <summary>Thresholds, the greatest first.</summary>
    public ImmutableArray<DecisionThreshold> Thresholds { get; init; } = [];

    /// <summary>Costs in the order of their decisions; empty without.</summary>
    public ImmutableArray<DecisionCost> Costs { get; init; } = [];

    /// <summary>What is decided where nothing else applies.</summary>
    public Decision Otherwise { get; init; }

    /// <summary>Buckets of <see cref="Buckets"/> whose declines are answered approve.</summary>
    public int ExploredBuckets { get; init; }

    /// <summary>Languages of texts; the first is the default.</summary>
    public ImmutableArray<string> Languages { get; init; } = [];

    /// <summary>Texts by code and language.</summary>
    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>> Reasons { get; init; } =
        ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>>.Empty;

    /// <summary>Greatest share of missing features that the model is asked with; 1 asks it always.</summary>
    public double MissingMax { get; init; } = 1;

    /// <summary>The fixed answer, or null.</summary>
    public FallbackPolicy? Policy { get; init; }
}
