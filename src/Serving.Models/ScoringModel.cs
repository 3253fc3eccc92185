using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Models;

/// <summary>
/// A model in canonical form, read from a file of its tool. Immutable, safe for use by several threads.
/// </summary>
public abstract class ScoringModel
{
    private protected ScoringModel(ModelIdentity identity, ImmutableArray<ModelFeature> features, bool hasDefaultNames)
    {
        Identity = identity;
        Features = features;
        HasDefaultNames = hasDefaultNames;
    }

    /// <summary>Inputs in their order, with the types and category names that the tool stores.</summary>
    public ImmutableArray<ModelFeature> Features { get; }

    /// <summary>Whether the model holds no names of its own (<c>f0 ...</c>, <c>Column_0 ...</c>): then columns may be
    /// given by position.</summary>
    public bool HasDefaultNames { get; }

    /// <summary>What a <see cref="FeatureBatch"/> must hold.</summary>
    public abstract ImmutableArray<ModelInput> Inputs { get; }

    /// <summary>Raw scores of one row.</summary>
    public abstract int OutputCount { get; }

    /// <summary>From raw scores to what the tool's own predict returns.</summary>
    public abstract ScoreLink Link { get; }

    /// <summary>
    /// Columns that <see cref="PredictLeaves"/> fills in a row: one per tree; 0 where there are no trees.
    /// </summary>
    public abstract int LeafCount { get; }

    /// <summary>Engines that can run this model, without <see cref="ScorerEngine.Auto"/>.</summary>
    public abstract ImmutableArray<ScorerEngine> RunnableEngines { get; }

    /// <summary>What <c>model show</c> prints.</summary>
    public abstract ModelDescription Description { get; }

    private protected ModelIdentity Identity { get; }

    /// <summary>Whether an engine can run this model.</summary>
    public bool CanRun(ScorerEngine engine) => engine == ScorerEngine.Auto || RunnableEngines.Contains(engine);

    /// <summary>Makes a scorer; takes milliseconds to compile the engine's image, so keep it.</summary>
    /// <param name="options">Engine and order of sums.</param>
    /// <exception cref="NotSupportedException">The engine cannot run this model; the message names those that
    /// can.</exception>
    public IScorer CreateScorer(ScorerOptions? options = null)
    {
        options ??= ScorerOptions.Default;
        if (!CanRun(options.Engine))
        {
            string able = string.Join(", ", RunnableEngines.Select(ScorerEngines.NameOf));
            throw new NotSupportedException(
                $"engine {ScorerEngines.NameOf(options.Engine)} cannot run this model; those that can: {able}");
        }

        return MakeScorer(options);
    }

    /// <summary>The leaf of each tree in the tool's own numbering (LightGBM: leaf index; XGBoost: node id).</summary>
    /// <param name="batch">Rows as <see cref="Inputs"/> says.</param>
    /// <param name="leaves">[rows, <see cref="LeafCount"/>], row-major.</param>
    /// <exception cref="NotSupportedException">The model has no trees.</exception>
    public virtual void PredictLeaves(FeatureBatch batch, Span<int> leaves) =>
        throw new NotSupportedException("a linear model has no leaves");

    private protected abstract IScorer MakeScorer(ScorerOptions options);
}
