using BenchmarkDotNet.Attributes;
using Serving.Data;
using Serving.Models;

namespace Serving.Benchmarks.Models;

/// <summary>
/// One row through the plain walk and through the threaded forest, LightGBM's rules (binary64) and XGBoost's
/// (binary32).
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class ForestBenchmarks
{
    private const int FeatureCount = 200;
    private const int RowCount = 1024;

    private readonly FeatureBatch _batch = new();
    private readonly double[] _raw = new double[1];
    private double[] _rows = [];
    private IScorer? _scorer;
    private int _row;

    /// <summary>Rules of the tool.</summary>
    [Params("lightgbm", "xgboost")]
    public string Tool { get; set; } = "";

    /// <summary>The engine.</summary>
    [Params(ScorerEngine.Reference, ScorerEngine.Threaded)]
    public ScorerEngine Engine { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        SyntheticForest forest = new(7, FeatureCount);
        ScoringModel model = ModelFile.Load(Tool == "lightgbm" ? forest.LightGbm(500, 31) : forest.XGBoost(500, 6));
        _scorer = model.CreateScorer(new ScorerOptions(Engine: Engine));
        _rows = forest.Rows(RowCount);
        _batch.Reset(1, FeatureCount, 0, 0);
    }

    [Benchmark]
    public double ScoreRow()
    {
        _row = (_row + 1) % RowCount;
        _rows.AsSpan(_row * FeatureCount, FeatureCount).CopyTo(_batch.Dense);
        _scorer!.Score(_batch, _raw);
        return _raw[0];
    }
}
