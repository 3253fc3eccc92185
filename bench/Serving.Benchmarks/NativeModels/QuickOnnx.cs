using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Serving.Data.Tensors;
using Serving.Models.Import.Onnx.Wire;
using Serving.Models.Tensors;
using Serving.Models.Tests.Import.Onnx;
using Serving.NativeModels.Onnx;

namespace Serving.Benchmarks.NativeModels;

/// <summary>
/// Our whole path of a tensor model, named tensors in and outputs out, beside a bare <c>RunWithBinding</c> of the same
/// session: medians of calls that take turns in one run, and bytes allocated a call.
/// </summary>
internal static class QuickOnnx
{
    private const int Rounds = 200;
    private const int CallsPerRound = 200;
    private const int Width = 64;

    public static void Run(TextWriter output)
    {
        Compare(output, "dense f32, batch 1", Dense(), FillNumbers(1), BareNumbers(1));
        Compare(output, "dense f32, batch 32", Dense(), FillNumbers(32), BareNumbers(32));
        Compare(output, "8 texts", Texts(), FillTexts, BareTexts);
    }

    private static void Compare(
        TextWriter output,
        string name,
        ModelProto model,
        Action<TensorCall> fill,
        Func<InferenceSession, TensorSignature, (OrtIoBinding Binding, Action Fill)> bare)
    {
        var factory = new OnnxScorerFactory(TimeProvider.System);
        using var scorer = (OnnxScorer)factory.Open(model.Files(), TensorModelOptions.Default);
        using TensorCall call = scorer.CreateCall(0);
        using var options = new RunOptions();
        (OrtIoBinding binding, Action fillBare) = bare(scorer.Session, call.Signature);
        var ours = new double[Rounds * CallsPerRound];
        var theirs = new double[Rounds * CallsPerRound];
        long bytes = 0;
        for (int round = -20; round < Rounds; round++)
        {
            int at = Math.Max(0, round) * CallsPerRound;
            long before = GC.GetAllocatedBytesForCurrentThread();
            Time(ours.AsSpan(at, CallsPerRound), () =>
            {
                call.Begin();
                fill(call);
                call.RunAsync(TimeSpan.FromSeconds(1), CancellationToken.None).AsTask().GetAwaiter().GetResult();
                _ = call.Output(0).Tensor.Count;
            });
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Time(theirs.AsSpan(at, CallsPerRound), () =>
            {
                fillBare();
                scorer.Session.RunWithBinding(options, binding);
            });
        }

        Array.Sort(ours);
        Array.Sort(theirs);
        double mine = ours[ours.Length / 2];
        double bareMedian = theirs[theirs.Length / 2];
        output.WriteLine(
            $"{name,-24} ours {mine,7:F2} us  bare {bareMedian,7:F2} us  difference {mine - bareMedian,6:F2} us  "
            + $"last round {bytes / CallsPerRound} B a call");
        binding.Dispose();
    }

    private static void Time(Span<double> microseconds, Action call)
    {
        for (int i = 0; i < microseconds.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            call();
            microseconds[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
    }

    private static ModelProto Dense()
    {
        float[] weights = [.. Enumerable.Range(0, Width * Width).Select(i => (i % 7) - 3f)];
        return OnnxModels.Model(
                OnnxModels.Node("MatMul", ["x", "w"], ["h"]),
                OnnxModels.Node("Relu", ["h"], ["r"]),
                OnnxModels.Node("MatMul", ["r", "v"], ["y"]))
            .In("x", OnnxModels.Float, "batch", Width)
            .Out("y", OnnxModels.Float, "batch", 1)
            .Weight(OnnxModels.Floats("w", [Width, Width], weights))
            .Weight(OnnxModels.Floats("v", [Width, 1], weights[..Width]));
    }

    private static ModelProto Texts() =>
        OnnxModels.Model(OnnxModels.Node("Identity", ["x"], ["y"]))
            .In("x", OnnxModels.Text, "n")
            .Out("y", OnnxModels.Text, "n");

    private static Action<TensorCall> FillNumbers(int rows) => call =>
    {
        TensorBuffer input = call.Input(0);
        input.Reset(TensorType.Float32, [rows, Width]);
        input.Values<float>().Fill(0.5f);
    };

    private static void FillTexts(TensorCall call)
    {
        TensorBuffer input = call.Input(0);
        input.Reset(TensorType.Text, [8]);
        for (int i = 0; i < 8; i++)
        {
            input.AddText("merchant-42"u8);
        }
    }

    private static Func<InferenceSession, TensorSignature, (OrtIoBinding, Action)> BareNumbers(int rows) =>
        (session, _) =>
    {
        float[] input = GC.AllocateArray<float>(rows * Width, pinned: true);
        float[] output = GC.AllocateArray<float>(rows, pinned: true);
        OrtIoBinding binding = session.CreateIoBinding();
        binding.BindInput(
            "x", OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input.AsMemory(), [rows, Width]));
        binding.BindOutput(
            "y", OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, output.AsMemory(), [rows, 1]));
        return (binding, () => input.AsSpan().Fill(0.5f));
    };

    private static (OrtIoBinding Binding, Action Fill) BareTexts(InferenceSession session, TensorSignature signature)
    {
        OrtValue input = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [8]);
        OrtValue output = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [8]);
        OrtIoBinding binding = session.CreateIoBinding();
        binding.BindInput(signature.Inputs[0].Name, input);
        binding.BindOutput(signature.Outputs[0].Name, output);
        return (binding, () =>
        {
            for (int i = 0; i < 8; i++)
            {
                input.StringTensorSetElementAt("merchant-42"u8, i);
            }
        });
    }
}
