using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Models.Trees.Kernels;

/// <summary>
/// Scores by the threaded forest, row by row: bit-equal to the reference walk in exact mode. Immutable, safe for use by
/// several threads; scratch is kept per thread.
/// </summary>
internal abstract unsafe class ThreadedForestScorer : IScorer
{
    private protected ThreadedForestScorer(
        ForestParts parts, ForestSlots slots, ImmutableArray<ModelInput> inputs, ScoreLink link)
    {
        Parts = parts;
        Slots = slots;
        Inputs = inputs;
        Link = link;
    }

    public ImmutableArray<ModelInput> Inputs { get; }

    public int OutputCount => Parts.OutputCount;

    public ScoreLink Link { get; }

    public abstract long MemoryBytes { get; }

    private protected ForestParts Parts { get; }

    private protected ForestSlots Slots { get; }

    /// <summary>
    /// Makes the scorer of the forest's width. REQUIRES: <see cref="ThreadedForestPlan.WhyNot"/> is empty.
    /// </summary>
    public static ThreadedForestScorer Make(
        ForestParts parts, ImmutableArray<ModelInput> inputs, ScoreLink link, SumMode sumMode)
    {
        ForestSlots slots = ForestSlots.Assign(parts).Slots!;
        return parts.Rules.InputsAreSingle
            ? new NarrowForestScorer(parts, slots, inputs, link)
            : new WideForestScorer(parts, slots, inputs, link, sumMode);
    }

    public void Score(FeatureBatch batch, Span<double> rawScores)
    {
        int outputs = OutputCount;
        for (int row = 0; row < batch.RowCount; row++)
        {
            ScoreRow(batch.DenseRow(row), rawScores.Slice(row * outputs, outputs));
        }
    }

    private protected abstract void ScoreRow(ReadOnlySpan<double> row, Span<double> sums);
}
