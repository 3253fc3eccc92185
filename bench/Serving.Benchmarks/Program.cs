using System.Globalization;
using BenchmarkDotNet.Running;
using Serving.Benchmarks.Quick;

namespace Serving.Benchmarks;

/// <summary>
/// Runs the benchmarks that the command line names; without names it asks. <c>--quick features|linear|windows|forest
/// ...</c> prints CPU-time minima of interleaved rounds instead, within seconds; <c>--quick redis</c> prints latencies of
/// the state store.
/// </summary>
internal static class Program
{
    private static void Main(string[] args)
    {
        if (args is not ["--quick", .. string[] parts])
        {
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
            return;
        }

        if (parts is [] or ["features"])
        {
            QuickFeatures.Run(Console.Out);
        }

        if (parts is [] or ["linear"])
        {
            QuickLinear.Run(Console.Out);
        }

        if (parts is [] or ["windows"])
        {
            QuickWindows.Run(Console.Out);
        }

        if (parts is ["redis"])
        {
            QuickRedis.Run(Console.Out).GetAwaiter().GetResult();
        }

        if (parts is ["forest", string library, string model, string rows, string features])
        {
            QuickForest.Run(Console.Out, library, model, rows, int.Parse(features, CultureInfo.InvariantCulture));
        }
    }
}
