using System.Globalization;
using BenchmarkDotNet.Running;
using Serving.Benchmarks.NativeModels;
using Serving.Benchmarks.Quick;

namespace Serving.Benchmarks;

/// <summary>
/// Runs the benchmarks that the command line names; without names it asks. <c>--quick
/// features|linear|onnx|windows|forest ...</c> prints CPU-time minima of interleaved rounds instead, within seconds;
/// <c>--quick state</c> and
/// <c>--quick redis</c> print latencies and sizes of the state stores, <c>--quick log MODELS</c> what records cost,
/// <c>--quick handbook ...</c> the offline run beside DuckDB's; <c>--quick drift MODELS</c> what drift costs a row;
/// <c>--quick embedded</c> all that windows cost a request on the embedded store; <c>--quick live CARDS</c> the memory
/// of cards that are folded as they grow; <c>--quick batching</c> what micro-batches give 64 callers;
/// <c>--quick savedmodel LIBRARY FOLDERS</c> a call beside TensorFlow's bare session run.
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

        RunShort(parts);
        RunNamed(parts);
    }

    // What runs without a name too.
    private static void RunShort(string[] parts)
    {
        if (parts is [] or ["features"])
        {
            QuickFeatures.Run(Console.Out);
        }

        if (parts is [] or ["onnx"])
        {
            QuickOnnx.Run(Console.Out);
        }

        if (parts is [] or ["linear"])
        {
            QuickLinear.Run(Console.Out);
        }

        if (parts is [] or ["windows"])
        {
            QuickWindows.Run(Console.Out);
        }
    }

    private static void RunNamed(string[] parts)
    {
        if (parts is ["batching"])
        {
            QuickBatching.Run(Console.Out);
        }

        if (parts is ["embedded", ..])
        {
            QuickEmbedded.RunAll(Console.Out, QuickWindows.CardLog());
        }

        if (parts is ["live", string live])
        {
            QuickLive.Run(Console.Out, int.Parse(live, CultureInfo.InvariantCulture));
        }

        if (parts is ["state", ..])
        {
            int count = parts is [_, string cards] ? int.Parse(cards, CultureInfo.InvariantCulture) : 1_000_000;
            QuickState.Run(Console.Out, count);
        }

        if (parts is ["drift", string drifting])
        {
            QuickDrift.Run(Console.Out, drifting);
        }

        if (parts is ["savedmodel", string tensorFlow, .. string[] savedModels])
        {
            SavedModelLatency.Run(Console.Out, tensorFlow, savedModels);
        }

        if (parts is ["log", string models])
        {
            QuickLog.Run(Console.Out, models);
        }

        if (parts is ["redis"])
        {
            QuickRedis.Run(Console.Out).GetAwaiter().GetResult();
        }

        if (parts is ["handbook", string script, string payments, string folder])
        {
            QuickHandbook.Run(Console.Out, script, payments, folder);
        }

        if (parts is ["forest", string library, string model, string rows, string features])
        {
            QuickForest.Run(Console.Out, library, model, rows, int.Parse(features, CultureInfo.InvariantCulture));
        }
    }
}
