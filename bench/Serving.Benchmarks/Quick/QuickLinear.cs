using Serving.Benchmarks.Models;

namespace Serving.Benchmarks.Quick;

/// <summary>
/// The linear cases beside bare loops over the same data, which say what the memory of the machine gives.
/// </summary>
internal static class QuickLinear
{
    public static void Run(TextWriter output)
    {
        LinearBenchmarks linear = new();
        linear.Setup();
        CpuMinimum timer = new();
        timer.Add("dense 200", 1, () => linear.Dense200());
        timer.Add("dense 200, bare loop", 1, () => linear.Dense200Bare());
        timer.Add("sparse 100 of 2^24", LinearBenchmarks.SparseRows, () => linear.Sparse100());
        timer.Add("sparse 100 of 2^24, bare loop", LinearBenchmarks.SparseRows, () => linear.Sparse100Bare());
        foreach ((string name, double nanoseconds) in timer.Run())
        {
            output.WriteLine($"{name,-32} {nanoseconds,8:F1} ns/row");
        }
    }
}
