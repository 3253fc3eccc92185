using BenchmarkDotNet.Running;

namespace Serving.Benchmarks;

/// <summary>Runs the benchmarks that the command line names; without names it asks.</summary>
internal static class Program
{
    private static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
