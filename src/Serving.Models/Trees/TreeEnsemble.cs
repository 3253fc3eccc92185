using System.Collections.Immutable;
using Serving.Data;
using Serving.Models.Trees.Kernels;

namespace Serving.Models.Trees;

/// <summary>
/// A forest of decision trees in canonical form: every tool's comparisons, missing values and sums are expressed in
/// <c>ForestRules</c> and <c>TreeNode</c>. Immutable, safe for use by several threads.
/// </summary>
public sealed class TreeEnsemble : ScoringModel
{
    private readonly ForestParts _parts;
    private readonly ReferenceForestScorer _reference;
    private readonly string _whyNotThreaded;

    internal TreeEnsemble(
        ModelIdentity identity,
        ImmutableArray<ModelFeature> features,
        bool hasDefaultNames,
        ForestParts parts,
        ScoreLink link)
        : base(identity, features, hasDefaultNames)
    {
        _parts = parts;
        Link = link;
        Inputs = [.. features.Select(feature => new ModelInput(feature.Name, false, 0))];
        _reference = new ReferenceForestScorer(parts, Inputs, link);
        _whyNotThreaded = ThreadedForestPlan.WhyNot(parts);
        RunnableEngines = _whyNotThreaded.Length == 0
            ? [ScorerEngine.Reference, ScorerEngine.Threaded]
            : [ScorerEngine.Reference];
    }

    /// <inheritdoc/>
    public override ImmutableArray<ModelInput> Inputs { get; }

    /// <inheritdoc/>
    public override int OutputCount => _parts.OutputCount;

    /// <inheritdoc/>
    public override ScoreLink Link { get; }

    /// <inheritdoc/>
    public override int LeafCount => _parts.TreeCount;

    /// <inheritdoc/>
    public override ImmutableArray<ScorerEngine> RunnableEngines { get; }

    /// <inheritdoc/>
    public override ModelDescription Description => new(
        ModelFormats.NameOf(Identity.Format),
        Identity.Tool,
        Identity.ToolVersion,
        Identity.Objective,
        _parts.TreeCount,
        _parts.Depth,
        Features,
        OutputCount,
        Link.Name,
        "kernel",
        _whyNotThreaded.Length == 0
            ? "trees run on the threaded forest"
            : $"trees run on the reference walk: {_whyNotThreaded}",
        [KeyValuePair.Create(1, ScorerEngines.NameOf(RunnableEngines[^1]))],
        _parts.MemoryBytes,
        Identity.NotCarriedOver);

    internal ForestParts Parts => _parts;

    /// <inheritdoc/>
    public override void PredictLeaves(FeatureBatch batch, Span<int> leaves) =>
        _reference.PredictLeaves(batch, leaves);

    private protected override IScorer MakeScorer(ScorerOptions options)
    {
        bool threaded = options.Engine is ScorerEngine.Auto or ScorerEngine.Threaded && _whyNotThreaded.Length == 0;
        return threaded ? ThreadedForestScorer.Make(_parts, Inputs, Link, options.SumMode) : _reference;
    }
}
