using System.Collections.Immutable;
using Serving.Data;
using Serving.Models.Linear.Kernels;

namespace Serving.Models.Linear;

/// <summary>
/// A linear model: bias, dense inputs and blocks of ids, one or more outputs. Immutable, safe for use by several
/// threads.
/// </summary>
/// <remarks>
/// A raw score is <c>(bias + dense) + ids</c>. The dense sum and its order are those of the kernel DenseDot (32 running
/// sums, a fixed tree); the n-th id of a row, counted over all blocks in their order, goes to running sum n % 4, and
/// the
/// four are added as (0 + 1) + (2 + 3). No vector width changes a bit.
/// </remarks>
public sealed class LinearModel : ScoringModel, IScorer
{
    private readonly double[] _bias;
    private readonly int _denseCount;
    private readonly int _paddedCount;

    /// <summary>Weight of input i of output k at <c>k * _paddedCount + i</c>.</summary>
    private readonly AlignedWeights _weights;

    /// <summary>Weight of a missing input, laid out as <see cref="_weights"/>.</summary>
    private readonly AlignedWeights _missing;

    /// <summary>Makes a model of its parts.</summary>
    /// <param name="link">Its link.</param>
    /// <param name="bias">One number per output.</param>
    /// <param name="dense">Dense inputs in their order.</param>
    /// <param name="ids">Id inputs in their order.</param>
    /// <exception cref="ArgumentException">A weight is missing or not finite.</exception>
    public LinearModel(
        ScoreLink link, ImmutableArray<double> bias, ImmutableArray<DenseWeights> dense, ImmutableArray<IdBlock> ids)
        : base(
            new ModelIdentity(ModelFormat.Linear, "serving", "1", link.Name, []),
            [.. dense.Select(input => ModelFeature.Number(input.Name)),
                .. ids.Select(block => new ModelFeature(block.Name, "ids", []))],
            false)
    {
        Link = link;
        Dense = dense;
        Blocks = ids;
        _bias = [.. bias];
        _denseCount = dense.Length;
        _paddedCount = DenseDot.PaddedLength(dense.Length);
        _weights = new AlignedWeights(_paddedCount * bias.Length);
        _missing = new AlignedWeights(_paddedCount * bias.Length);
        for (int i = 0; i < dense.Length; i++)
        {
            double[] missing = dense[i].Missing.Length == 0 ? new double[bias.Length] : dense[i].Missing;
            Place(dense[i].Weights, i, _weights, dense[i].Name);
            Place(missing, i, _missing, dense[i].Name);
        }

        Inputs =
        [
            .. dense.Select(input => new ModelInput(input.Name, false, 0)),
            .. ids.Select(block => new ModelInput(block.Name, true, block.Size)),
        ];
    }

    /// <inheritdoc cref="ScoringModel.Inputs"/>
    public override ImmutableArray<ModelInput> Inputs { get; }

    /// <inheritdoc cref="ScoringModel.OutputCount"/>
    public override int OutputCount => _bias.Length;

    /// <inheritdoc cref="ScoringModel.Link"/>
    public override ScoreLink Link { get; }

    /// <inheritdoc/>
    public override int LeafCount => 0;

    /// <inheritdoc/>
    public override ImmutableArray<ScorerEngine> RunnableEngines => [ScorerEngine.Reference];

    /// <summary>Number per output that every row starts from.</summary>
    public ImmutableArray<double> Bias => [.. _bias];

    /// <summary>Dense inputs in their order.</summary>
    public ImmutableArray<DenseWeights> Dense { get; }

    /// <summary>Id inputs in their order.</summary>
    public ImmutableArray<IdBlock> Blocks { get; }

    /// <inheritdoc/>
    public long MemoryBytes => (_weights.Length * 16L) + Blocks.Sum(block => block.MemoryBytes);

    /// <inheritdoc/>
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
        "a linear model runs on the dense and sparse kernels, in one order of sums",
        [KeyValuePair.Create(1, ScorerEngines.NameOf(ScorerEngine.Reference))],
        MemoryBytes,
        Identity.NotCarriedOver);

    /// <inheritdoc/>
    public void Score(FeatureBatch batch, Span<double> rawScores)
    {
        if (Blocks.Length == 0)
        {
            ScoreDense(batch, rawScores);
            return;
        }

        Span<double> few = stackalloc double[SparseLanes.Count * 16];
        Span<double> lanes = OutputCount <= 16 ? few : new double[SparseLanes.Count * OutputCount];
        lanes = lanes[..(SparseLanes.Count * OutputCount)];
        for (int row = 0; row < batch.RowCount; row++)
        {
            PrefetchIds(batch, row + 1);
            lanes.Clear();
            AddIds(batch, row, lanes);
            for (int k = 0; k < _bias.Length; k++)
            {
                rawScores[(row * _bias.Length) + k] = DenseSum(batch.DenseRow(row), k)
                    + SparseLanes.Sum(lanes.Slice(k * SparseLanes.Count, SparseLanes.Count));
            }
        }
    }

    private void ScoreDense(FeatureBatch batch, Span<double> rawScores)
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            ReadOnlySpan<double> inputs = batch.DenseRow(row);
            for (int k = 0; k < _bias.Length; k++)
            {
                rawScores[(row * _bias.Length) + k] = DenseSum(inputs, k);
            }
        }
    }

    private double DenseSum(ReadOnlySpan<double> inputs, int output) => _bias[output] + DenseDot.Sum(
        inputs[.._denseCount],
        _weights.Slice(output * _paddedCount, _paddedCount),
        _missing.Slice(output * _paddedCount, _paddedCount));

    private protected override IScorer MakeScorer(ScorerOptions options) => this;

    private void AddIds(FeatureBatch batch, int row, Span<double> lanes)
    {
        int first = 0;
        for (int column = 0; column < Blocks.Length; column++)
        {
            ReadOnlySpan<uint> ids = batch.RowIds(row, column);
            Blocks[column].Weights.Add(ids, first, lanes);
            first += ids.Length;
        }
    }

    private void PrefetchIds(FeatureBatch batch, int row)
    {
        for (int column = 0; row < batch.RowCount && column < Blocks.Length; column++)
        {
            Blocks[column].Weights.Prefetch(batch.RowIds(row, column));
        }
    }

    private void Place(double[] perOutput, int input, AlignedWeights table, string name)
    {
        if (perOutput.Length != _bias.Length || !Array.TrueForAll(perOutput, double.IsFinite))
        {
            throw new ArgumentException($"{name}: {perOutput.Length} weights, expected {_bias.Length} finite ones");
        }

        for (int k = 0; k < perOutput.Length; k++)
        {
            table.Slice((k * _paddedCount) + input, 1)[0] = perOutput[k];
        }
    }
}
