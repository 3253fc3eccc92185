using BenchmarkDotNet.Attributes;
using Serving.Data;
using Serving.Features;

namespace Serving.Benchmarks.Features;

/// <summary>One row, and a batch of 1024, of the 30 features of <see cref="MixedScript"/>, all dense.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class FeatureBenchmarks
{
    private const int RowCount = 1024;

    private readonly FeatureBatch _features = new();
    private FeatureProgram? _program;
    private FeatureLayout? _layout;
    private FeatureFrame? _frame;
    private RowBatch? _rows;

    [GlobalSetup]
    public void Setup()
    {
        _program = MixedScript.Program(MixedScript.Text);
        _layout = MixedScript.AllDense(_program);
        _frame = _program.CreateFrame();
        _rows = MixedScript.Rows(_program.Script.Request, RowCount);
    }

    [Benchmark(OperationsPerInvoke = RowCount)]
    public double EvaluateRow()
    {
        _program!.Evaluate(_rows!, _layout!, _features, _frame!);
        return _features.Dense[0];
    }
}
