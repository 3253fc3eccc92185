using BenchmarkDotNet.Attributes;
using Serving.Data;
using Serving.Models;
using Serving.Models.Linear;
using Serving.Models.Links;

namespace Serving.Benchmarks.Models;

/// <summary>
/// Linear models: one row of 200 dense inputs, and rows of 100 ids of a table of 2^24 weights (64 MB), whose next row
/// is
/// prefetched.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class LinearBenchmarks
{
    private const int DenseCount = 200;
    private const int IdsPerRow = 100;
    private const int SparseRows = 64;
    private const uint TableSize = 1 << 24;

    private readonly FeatureBatch _dense = new();
    private readonly FeatureBatch _sparse = new();
    private readonly double[] _raw = new double[SparseRows];
    private LinearModel? _denseModel;
    private LinearModel? _sparseModel;

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(3);
        ScoreLink link = ScoreLinks.Find("logit")!;
        _denseModel = new LinearModel(
            link, [0], [.. Enumerable.Range(0, DenseCount).Select(i => new DenseWeights($"x{i}", [i], []))], []);
        _dense.Reset(1, DenseCount, 0, 0);
        float[] table = new float[TableSize];
        Array.Fill(table, 0.5f);
        _sparseModel = new LinearModel(link, [0], [], [IdBlock.OfTable("id", TableSize, table, 1)]);
        _sparse.Reset(SparseRows, 0, 1, SparseRows * IdsPerRow);
        for (int i = 0; i < SparseRows * IdsPerRow; i++)
        {
            _sparse.Ids[i] = (uint)random.Next((int)TableSize);
        }

        for (int row = 0; row < SparseRows; row++)
        {
            _sparse.IdEnds[row] = (row + 1) * IdsPerRow;
        }
    }

    [Benchmark]
    public double Dense200()
    {
        _denseModel!.Score(_dense, _raw);
        return _raw[0];
    }

    [Benchmark(OperationsPerInvoke = SparseRows)]
    public double Sparse100()
    {
        _sparseModel!.Score(_sparse, _raw);
        return _raw[0];
    }
}
