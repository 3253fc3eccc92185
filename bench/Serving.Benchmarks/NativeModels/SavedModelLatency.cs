using System.Diagnostics;
using Serving.Data.Tensors;
using Serving.Models.Tensors;
using Serving.NativeModels.SavedModel;
using Serving.NativeModels.TensorFlow;

namespace Serving.Benchmarks.NativeModels;

/// <summary>
/// A call of a SavedModel at batch 1, from named tensors to outputs, beside TensorFlow's bare session run on the same
/// session, in turns of 500 calls. Arguments: the library, then folders of SavedModels.
/// </summary>
internal static class SavedModelLatency
{
    private const int WarmUpCalls = 3_000;
    private const int CallsPerTurn = 500;
    private const int Turns = 40;

    private static readonly Dictionary<TensorSpec, byte[]> Examples = new(ReferenceEqualityComparer.Instance);

    public static void Run(TextWriter output, string library, string[] folders)
    {
        TensorFlowLibrary.Load(library);
        foreach (string folder in folders)
        {
            SavedModelFile file = SavedModelFile.Read(FolderModelFiles.Open(folder), TensorModelOptions.Default);
            using SessionHandle session = SessionLoader.Load(folder, file, TensorModelOptions.Default);
            for (int i = 0; i < file.Signatures.Length; i++)
            {
                BoundSignature signature = BoundSignature.Bind(session.Graph, file.Signatures[i]);
                output.WriteLine(
                    $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))} "
                    + $"{signature.Saved.Signature.Name}{(file.MayLoop ? " (in the pool, with a time limit)" : "")}");
                Compare(output, session, signature, file);
            }
        }
    }

    private static void Compare(
        TextWriter output, SessionHandle session, BoundSignature signature, SavedModelFile file)
    {
        using var call = new SavedModelCall(session, signature, file, TimeSpan.FromSeconds(10));
        using var bare = new SavedModelBareLoop(session, signature, file);
        double[] ours = new double[CallsPerTurn * Turns];
        double[] theirs = new double[ours.Length];
        for (int i = 0; i < WarmUpCalls; i++)
        {
            Call(call);
            bare.Run();
        }

        long allocated = 0;
        for (int turn = 0; turn < Turns; turn++)
        {
            Span<double> own = ours.AsSpan(turn * CallsPerTurn, CallsPerTurn);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < own.Length; i++)
            {
                long started = Stopwatch.GetTimestamp();
                Call(call);
                own[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            }

            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            for (int i = 0; i < CallsPerTurn; i++)
            {
                long started = Stopwatch.GetTimestamp();
                bare.Run();
                theirs[(turn * CallsPerTurn) + i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            }
        }

        Array.Sort(ours);
        Array.Sort(theirs);
        output.WriteLine(
            $"  whole path p50 {At(ours, 0.5):F2} us, p99 {At(ours, 0.99):F2} us, "
            + $"{(double)allocated / ours.Length:F2} B managed a call");
        output.WriteLine($"  bare run   p50 {At(theirs, 0.5):F2} us, p99 {At(theirs, 0.99):F2} us");
        output.WriteLine($"  difference p50 {At(ours, 0.5) - At(theirs, 0.5):F2} us");
    }

    private static double At(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

    private static void Call(SavedModelCall call)
    {
        call.Begin();
        for (int i = 0; i < call.Signature.Inputs.Length; i++)
        {
            Fill(call.Signature.Inputs[i], call.Input(i));
        }

        ValueTask run = call.RunAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        if (!run.IsCompletedSuccessfully)
        {
            run.AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Fills an input with one row: unknown dimensions are 1, numbers 0, strings a short text.</summary>
    public static void Fill(TensorSpec spec, TensorBuffer tensor)
    {
        Span<long> shape = stackalloc long[spec.Shape?.Length ?? 1];
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = spec.Shape is { } declared && declared[i] >= 0 ? declared[i] : 1;
        }

        tensor.Reset(spec.Type, shape);
        tensor.Bytes.Clear();
        while (spec.Type == TensorType.Text && tensor.TextCount < tensor.Count)
        {
            tensor.AddText(spec.Example.IsEmpty ? "hello"u8 : ExampleOf(spec));
        }
    }

    // Made once: what is measured begins with a serialized example.
    private static ReadOnlySpan<byte> ExampleOf(TensorSpec spec)
    {
        if (Examples.TryGetValue(spec, out byte[]? known))
        {
            return known;
        }

        var example = new TensorExample();
        example.Begin();
        foreach (ExampleFeature feature in spec.Example)
        {
            example.BeginFeature(feature.Type);
            for (long i = 0; i < Math.Max(1, feature.Count); i++)
            {
                Add(example, feature.Type);
            }

            example.EndFeature(feature.Name);
        }

        return Examples[spec] = example.End().ToArray();
    }

    private static void Add(TensorExample example, TensorType type)
    {
        switch (type)
        {
            case TensorType.Float32:
                example.AddFloat(1);
                break;
            case TensorType.Int64:
                example.AddInteger(1);
                break;
            default:
                example.AddText("hello"u8);
                break;
        }
    }
}
