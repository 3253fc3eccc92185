using Serving.Data;

namespace Serving.Models.Tests.Golden;

/// <summary>What a model gives for rows, all ways of running it compared with the plain walk first.</summary>
internal sealed class ScoredRows
{
    private ScoredRows(double[][] raw, double[][] predictions, int[][] leaves)
    {
        Raw = raw;
        Predictions = predictions;
        Leaves = leaves;
    }

    public double[][] Raw { get; }

    public double[][] Predictions { get; }

    public int[][] Leaves { get; }

    public static ScoredRows Of(ScoringModel model, double[][] rows)
    {
        FeatureBatch batch = BatchOf(rows, model.Inputs.Length);
        double[] raw = Score(model, batch, ScorerEngine.Reference);
        foreach (ScorerEngine engine in model.RunnableEngines)
        {
            Assert.Equal(raw.Select(BitConverter.DoubleToInt64Bits),
                Score(model, batch, engine).Select(BitConverter.DoubleToInt64Bits));
        }

        int scores = model.Link.ScoreCount(model.OutputCount);
        double[] predictions = new double[rows.Length * model.OutputCount];
        model.Link.Apply(raw, model.OutputCount, predictions);
        int[] leaves = new int[rows.Length * model.LeafCount];
        if (model.LeafCount > 0)
        {
            model.PredictLeaves(batch, leaves);
        }

        return new ScoredRows(
            Split(raw, rows.Length, model.OutputCount),
            Split(predictions[..(rows.Length * scores)], rows.Length, scores),
            Split(leaves, rows.Length, model.LeafCount));
    }

    public static FeatureBatch BatchOf(double[][] rows, int width)
    {
        FeatureBatch batch = new();
        batch.Reset(rows.Length, width, 0, 0);
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row].CopyTo(batch.Dense, row * width);
        }

        return batch;
    }

    public static double[] Score(ScoringModel model, FeatureBatch batch, ScorerEngine engine)
    {
        double[] raw = new double[batch.RowCount * model.OutputCount];
        model.CreateScorer(new ScorerOptions(Engine: engine)).Score(batch, raw);
        return raw;
    }

    private static T[][] Split<T>(T[] flat, int rows, int width) =>
        [.. Enumerable.Range(0, rows).Select(row => flat.AsSpan(row * width, width).ToArray())];
}
