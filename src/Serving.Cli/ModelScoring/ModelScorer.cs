using Serving.Data;
using Serving.Models;

namespace Serving.Cli.ModelScoring;

/// <summary>Scores batches and lays the results out as rows. One thread.</summary>
internal sealed class ModelScorer
{
    private readonly ScoringModel _model;
    private readonly IScorer _scorer;
    private readonly ScoreColumns _columns;
    private readonly RowBatch _results;
    private double[] _raw = [];
    private double[] _predictions = [];
    private int[] _leaves = [];

    public ModelScorer(ScoringModel model, ScorerEngine engine, ScoreColumns columns)
    {
        _model = model;
        _scorer = model.CreateScorer(new ScorerOptions(SumMode.Exact, engine));
        _columns = columns;
        _results = new RowBatch(columns.SchemaFor(model));
    }

    /// <summary>The result rows of a batch; valid until the next call.</summary>
    public RowBatch Score(FeatureBatch batch)
    {
        int rows = batch.RowCount;
        int outputs = _model.OutputCount;
        EnsureLength(ref _raw, rows * outputs);
        EnsureLength(ref _predictions, rows * outputs);
        _scorer.Score(batch, _raw.AsSpan(0, rows * outputs));
        _scorer.Link.Apply(
            _raw.AsSpan(0, rows * outputs), outputs, _predictions.AsSpan(0, rows * _scorer.Link.ScoreCount(outputs)));
        if (_columns.HasLeaf)
        {
            Array.Resize(ref _leaves, rows * _model.LeafCount);
            _model.PredictLeaves(batch, _leaves);
        }

        _results.Clear();
        for (int row = 0; row < rows; row++)
        {
            Write(row, outputs);
        }

        return _results;
    }

    private void Write(int row, int outputs)
    {
        int added = _results.AddRow();
        int column = 0;
        foreach (string group in _columns.Groups)
        {
            if (group == "leaf")
            {
                for (int tree = 0; tree < _model.LeafCount; tree++)
                {
                    _results.Set(added, column++, _leaves[(row * _model.LeafCount) + tree]);
                }

                continue;
            }

            double[] values = group == "raw" ? _raw : _predictions;
            int count = group == "raw" ? outputs : _model.Link.ScoreCount(outputs);
            for (int output = 0; output < count; output++)
            {
                Set(added, column++, values[(row * count) + output]);
            }
        }
    }

    // Infinities are scores like others here (a linear leaf gives them); only NaN is an empty cell.
    private void Set(int row, int column, double value)
    {
        if (double.IsInfinity(value))
        {
            _results.Set(row, column, BitConverter.DoubleToInt64Bits(value));
        }
        else
        {
            _results.SetFloat(row, column, value);
        }
    }

    private static void EnsureLength(ref double[] array, int length)
    {
        if (array.Length < length)
        {
            array = new double[length];
        }
    }
}
