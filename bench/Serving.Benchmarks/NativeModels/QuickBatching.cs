using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Serving.Data.Tensors;
using Serving.Models.Import.Onnx.Wire;
using Serving.Models.Tensors;
using Serving.Models.Tests.Import.Onnx;
using Serving.NativeModels.Batching;
using Serving.NativeModels.Onnx;

namespace Serving.Benchmarks.NativeModels;

/// <summary>
/// Micro-batching in one process: rows a second of 64 callers through the queue, beside the bare session at each batch
/// size on one thread, beside the same callers without the queue, and one caller's median with and without it. All take
/// turns; medians over the rounds are printed.
/// </summary>
internal static class QuickBatching
{
    private const int Callers = 64;
    private const int Rounds = 7;
    private const int CallsOfOne = 4_000;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(10);
    private static readonly int[] Sizes = [1, 8, 16, 32, 64];

    public static void Run(TextWriter output)
    {
        Compare(output, "1 MFLOP", [256, 512, 512, 256, 1]);
        Compare(output, "10 MFLOP", [512, 1536, 1536, 1024, 1]);
    }

    private static void Compare(TextWriter output, string name, int[] widths)
    {
        var factory = new OnnxScorerFactory(TimeProvider.System);
        using var plain = (OnnxScorer)factory.Open(Mlp(widths).Files(), TensorModelOptions.Default);
        using var batched = new BatchingScorer(
            factory.Open(Mlp(widths).Files(), TensorModelOptions.Default), BatchingOptions.Default, [true],
            TimeProvider.System);
        var bare = Sizes.ToDictionary(size => size, _ => new List<double>());
        List<double> queued = [];
        List<double> direct = [];
        List<double> oneQueued = [];
        List<double> oneDirect = [];
        for (int round = 0; round <= Rounds; round++)
        {
            if (round == 1)
            {
                // The round before was the warm-up.
                Array.ForEach([queued, direct, oneQueued, oneDirect, .. bare.Values], list => list.Clear());
            }

            foreach (int size in Sizes)
            {
                bare[size].Add(BareRowsPerSecond(plain.Session, widths[0], size));
            }

            queued.Add(RowsPerSecond(batched, widths[0]));
            direct.Add(RowsPerSecond(plain, widths[0]));
            oneQueued.Add(MedianOfOne(batched, widths[0]));
            oneDirect.Add(MedianOfOne(plain, widths[0]));
        }

        Print(output, name, bare, Median(queued), Median(direct));
        output.WriteLine(
            $"  one caller: {Median(oneDirect):F2} us without the queue, {Median(oneQueued):F2} us with it: "
            + $"x{Median(oneQueued) / Median(oneDirect):F3}");
    }

    private static void Print(
        TextWriter output, string name, Dictionary<int, List<double>> bare, double queued, double direct)
    {
        int best = Sizes.MaxBy(size => Median(bare[size]));
        double most = Median(bare[best]);
        output.WriteLine($"{name}, {Callers} callers, rows a second:");
        output.WriteLine("  bare session, one thread: " + string.Join(
            ", ", Sizes.Select(size => $"{size} rows {Median(bare[size]):F0}")));
        output.WriteLine(
            $"  with the queue {queued:F0}: x{queued / most:F2} of the bare best ({best} rows), "
            + $"x{queued / Median(bare[1]):F2} of bare batch 1");
        output.WriteLine($"  without it {direct:F0}: the queue gives x{queued / direct:F2}");
    }

    private static double RowsPerSecond(ITensorScorer scorer, int width)
    {
        long rows = 0;
        long start = Stopwatch.GetTimestamp();
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            using TensorCall call = scorer.CreateCall(0);
            while (Stopwatch.GetElapsedTime(start) < Turn)
            {
                Fill(call, width);
                await call.RunAsync(CallTime, CancellationToken.None);
                Interlocked.Increment(ref rows);
            }
        }))];
        Task.WaitAll(callers);
        return Interlocked.Read(ref rows) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double BareRowsPerSecond(InferenceSession session, int width, int rows)
    {
        float[] input = GC.AllocateArray<float>(rows * width, pinned: true);
        float[] output = GC.AllocateArray<float>(rows, pinned: true);
        input.AsSpan().Fill(0.5f);
        using OrtValue x = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, input.AsMemory(), [rows, width]);
        using OrtValue y = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, output.AsMemory(), [rows, 1]);
        using OrtIoBinding binding = session.CreateIoBinding();
        using var options = new RunOptions();
        binding.BindInput("x", x);
        binding.BindOutput("y", y);
        long count = 0;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < Turn / 2)
        {
            session.RunWithBinding(options, binding);
            count += rows;
        }

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double MedianOfOne(ITensorScorer scorer, int width)
    {
        using TensorCall call = scorer.CreateCall(0);
        double[] times = new double[CallsOfOne];
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Fill(call, width);
            call.RunAsync(CallTime, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        return times[times.Length / 2];
    }

    private static void Fill(TensorCall call, int width)
    {
        call.Begin();
        TensorBuffer input = call.Input(0);
        input.Reset(TensorType.Float32, [1, width]);
        input.Values<float>().Fill(0.5f);
    }

    private static ModelProto Mlp(int[] widths)
    {
        List<NodeProto> nodes = [];
        for (int layer = 1; layer < widths.Length; layer++)
        {
            bool isLast = layer == widths.Length - 1;
            string from = layer == 1 ? "x" : $"r{layer - 1}";
            nodes.Add(OnnxModels.Node("MatMul", [from, $"w{layer}"], [isLast ? "y" : $"h{layer}"]));
            if (!isLast)
            {
                nodes.Add(OnnxModels.Node("Relu", [$"h{layer}"], [$"r{layer}"]));
            }
        }

        ModelProto model = OnnxModels.Model([.. nodes])
            .In("x", OnnxModels.Float, "batch", widths[0])
            .Out("y", OnnxModels.Float, "batch", 1);
        for (int layer = 1; layer < widths.Length; layer++)
        {
            int count = widths[layer - 1] * widths[layer];
            float[] weights = [.. Enumerable.Range(0, count).Select(i => ((i % 7) - 3) / 64f)];
            model = model.Weight(OnnxModels.Floats($"w{layer}", [widths[layer - 1], widths[layer]], weights));
        }

        return model;
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
