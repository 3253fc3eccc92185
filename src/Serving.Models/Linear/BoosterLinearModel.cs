using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Models.Linear;

/// <summary>
/// XGBoost's gblinear: weights in binary32, added feature by feature in binary32 as the tool does; a missing input adds
/// nothing. Immutable, safe for use by several threads.
/// </summary>
internal sealed class BoosterLinearModel : ScoringModel, IScorer
{
    private readonly float[] _baseScores;

    /// <summary>[features + 1, outputs], row-major; the last row is the bias.</summary>
    private readonly float[] _weights;

    public BoosterLinearModel(
        ModelIdentity identity,
        ImmutableArray<ModelFeature> features,
        bool hasDefaultNames,
        ScoreLink link,
        float[] baseScores,
        float[] weights)
        : base(identity, features, hasDefaultNames)
    {
        Link = link;
        Inputs = [.. features.Select(feature => new ModelInput(feature.Name, false, 0))];
        _baseScores = baseScores;
        _weights = weights;
    }

    public override ImmutableArray<ModelInput> Inputs { get; }

    public override int OutputCount => _baseScores.Length;

    public override ScoreLink Link { get; }

    public override int LeafCount => 0;

    public override ImmutableArray<ScorerEngine> RunnableEngines => [ScorerEngine.Reference];

    public long MemoryBytes => _weights.Length * 4L;

    public override ModelDescription Description => new(
        ModelFormats.NameOf(Identity.Format),
        Identity.Tool,
        Identity.ToolVersion,
        Identity.Objective,
        0,
        0,
        Features,
        OutputCount,
        Link.Name,
        "kernel",
        "a linear booster runs in the tool's own order of sums",
        [KeyValuePair.Create(1, ScorerEngines.NameOf(ScorerEngine.Reference))],
        MemoryBytes,
        Identity.NotCarriedOver);

    public void Score(FeatureBatch batch, Span<double> rawScores)
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            ReadOnlySpan<double> inputs = batch.DenseRow(row);
            for (int k = 0; k < OutputCount; k++)
            {
                rawScores[(row * OutputCount) + k] = ScoreOne(inputs, k);
            }
        }
    }

    private protected override IScorer MakeScorer(ScorerOptions options) => this;

    private float ScoreOne(ReadOnlySpan<double> inputs, int output)
    {
        int outputs = OutputCount;
        float sum = _weights[(Features.Length * outputs) + output] + _baseScores[output];
        for (int i = 0; i < Features.Length; i++)
        {
            float value = (float)Trees.ForestRules.XGBoost.Prepare(inputs[i]);
            if (!float.IsNaN(value))
            {
                sum += value * _weights[(i * outputs) + output];
            }
        }

        return sum;
    }
}
