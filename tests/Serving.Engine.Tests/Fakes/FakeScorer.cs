using System.Collections.Immutable;
using Serving.Data;
using Serving.Models;

namespace Serving.Engine.Tests.Fakes;

/// <summary>bias + sum of weight x value; a missing value counts as 0.5, an id as itself.</summary>
internal sealed class FakeScorer(
    ImmutableArray<ModelInput> inputs, double bias, double[] weights, double skew) : IScorer
{
    private readonly int _dense = inputs.Count(input => !input.TakesIds);

    public ImmutableArray<ModelInput> Inputs => inputs;

    public int OutputCount => 1;

    public ScoreLink Link { get; } = new FakeLink();

    public long MemoryBytes => 8 * weights.Length;

    public void Score(FeatureBatch batch, Span<double> rawScores)
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            double sum = bias + skew;
            for (int input = 0; input < _dense; input++)
            {
                double value = batch.DenseRow(row)[input];
                sum += weights[input] * (double.IsNaN(value) ? 0.5 : value);
            }

            for (int column = 0; column < batch.IdColumnCount; column++)
            {
                foreach (uint id in batch.RowIds(row, column))
                {
                    sum += weights[_dense + column] * id;
                }
            }

            rawScores[row] = sum;
        }
    }
}
