using System.Numerics;
using BenchmarkDotNet.Attributes;
using Serving.Data;
using Serving.Models;
using Serving.Models.Linear;
using Serving.Models.Links;

namespace Serving.Benchmarks.Models;

/// <summary>
/// Linear models: one row of 200 dense inputs, and rows of 100 ids of a table of 2^24 weights (64 MB), whose next row
/// is prefetched. The bare loops do the least that the same sums need.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class LinearBenchmarks
{
    private const int DenseCount = 200;
    private const int IdsPerRow = 100;
    internal const int SparseRows = 512;

    private const uint TableSize = 1 << 24;

    private readonly FeatureBatch _dense = new();
    private readonly FeatureBatch _sparse = new();
    private readonly double[] _raw = new double[SparseRows];
    private readonly double[] _weights = new double[DenseCount];
    private float[] _table = [];
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
        _table = new float[TableSize];
        Array.Fill(_table, 0.5f);
        _sparseModel = new LinearModel(link, [0], [], [IdBlock.OfTable("id", TableSize, _table, 1)]);
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

    [Benchmark]
    public double Dense200Bare()
    {
        Vector<double> even = Vector<double>.Zero;
        Vector<double> odd = Vector<double>.Zero;
        int width = Vector<double>.Count;
        for (int i = 0; i < DenseCount; i += 2 * width)
        {
            even += new Vector<double>(_dense.Dense, i) * new Vector<double>(_weights, i);
            odd += new Vector<double>(_dense.Dense, i + width) * new Vector<double>(_weights, i + width);
        }

        return Vector.Sum(even + odd);
    }

    [Benchmark(OperationsPerInvoke = SparseRows)]
    public double Sparse100Bare()
    {
        double sum = 0;
        for (int row = 0; row < SparseRows; row++)
        {
            foreach (uint id in _sparse.Ids.AsSpan(row * IdsPerRow, IdsPerRow))
            {
                sum += _table[id];
            }
        }

        return sum;
    }
}
