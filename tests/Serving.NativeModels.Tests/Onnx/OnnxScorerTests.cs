using System.Collections.Concurrent;
using System.Text;
using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Import.Onnx.Wire;
using Serving.Models.Tensors;
using Serving.Models.Tests.Import.Onnx;
using Serving.NativeModels.Onnx;
using static Serving.Models.Tests.Import.Onnx.OnnxModels;

namespace Serving.NativeModels.Tests.Onnx;

public sealed class OnnxScorerTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Run_SeveralBatches_AnswersEachInItsShape()
    {
        using ITensorScorer scorer = Open(Mlp());
        using TensorCall call = scorer.CreateCall(0);
        foreach (int rows in (int[])[1, 4, 1, 2, 4, 1])
        {
            float[] x = [.. Enumerable.Range(0, rows * 3).Select(i => (float)i)];
            await RunAsync(call, TensorType.Float32, [rows, 3], x);
            Assert.Equal([rows, 2], call.Output(0).Tensor.Shape.ToArray());
            for (int row = 0; row < rows; row++)
            {
                float a = x[row * 3];
                float b = x[(row * 3) + 1];
                float c = x[(row * 3) + 2];
                Assert.Equal(a + (3 * b) + (5 * c) + 0.5f, call.Output(0).Tensor.Values<float>()[row * 2], 1e-4f);
            }
        }
    }

    // Dense numbers and texts of known shapes; two shapes take turns, as batch sizes do.
    [Fact]
    public void Run_ShapesSeenBefore_AllocatesNothing()
    {
        using ITensorScorer dense = Open(Mlp());
        using TensorCall numbers = dense.CreateCall(0);
        Assert.Equal(0, AllocatedBy(numbers, static (call, round) =>
            call.Input(0).Reset(TensorType.Float32, [round % 2 == 0 ? 1 : 8, 3])));

        using ITensorScorer text = Open(Model(Node("Identity", ["t"], ["y"])).In("t", Text, "n").Out("y", Text, "n"));
        using TensorCall texts = text.CreateCall(0);
        Assert.Equal(0, AllocatedBy(texts, static (call, _) =>
        {
            call.Input(0).Reset(TensorType.Text, [3]);
            call.Input(0).AddText("ab"u8);
            call.Input(0).AddText([]);
            call.Input(0).AddText("\u00e9x"u8);
        }));
        Assert.Equal("\u00e9x", Encoding.UTF8.GetString(texts.Output(0).Tensor.TextAt(2)));
    }

    [Fact]
    public async Task Run_OutputShapeDependsOnValues_IsFollowed()
    {
        using ITensorScorer scorer = Open(Model(Node("NonZero", ["x"], ["y"])).In("x", Float, "n")
            .Out("y", Whole, 1, "m"));
        using TensorCall call = scorer.CreateCall(0);
        foreach (int ones in (int[])[2, 3, 0, 5, 5, 1])
        {
            float[] x = [.. Enumerable.Range(0, 5).Select(i => i < ones ? 1f : 0f)];
            await RunAsync(call, TensorType.Float32, [5], x);
            Assert.Equal([1, ones], call.Output(0).Tensor.Shape.ToArray());
            Assert.Equal(Enumerable.Range(0, ones).Select(i => (long)i), call.Output(0).Tensor.Values<long>()
                .ToArray());
        }
    }

    [Fact]
    public async Task Run_DefaultInput_MayBeLeftOut()
    {
        using ITensorScorer scorer = Open(Mlp().In("b", Float, 2));
        using TensorCall call = scorer.CreateCall(0);
        await RunAsync(call, TensorType.Float32, [1, 3], 1f, 1f, 1f);
        Assert.Equal(9.5f, call.Output(0).Tensor.Values<float>()[0]);
        Fill(call, TensorType.Float32, [1, 3], 1f, 1f, 1f);
        call.Input(1).Reset(TensorType.Float32, [2]);
        ((ReadOnlySpan<float>)[7f, 0f]).CopyTo(call.Input(1).Values<float>());
        await call.RunAsync(Long, TestContext.Current.CancellationToken);
        Assert.Equal(16f, call.Output(0).Tensor.Values<float>()[0]);
    }

    [Fact]
    public async Task Run_SomeOutputsWanted_OthersAreNotComputed()
    {
        ModelProto model = Model(Node("Relu", ["x"], ["a"]), Node("Neg", ["x"], ["b"]))
            .In("x", Float, 1).Out("a", Float, 1).Out("b", Float, 1);
        using ITensorScorer scorer = Open(model);
        using TensorCall call = scorer.CreateCall(0);
        for (int run = 0; run < 3; run++)
        {
            Fill(call, TensorType.Float32, [1], 3f);
            call.Want(0, isWanted: false);
            await call.RunAsync(Long, TestContext.Current.CancellationToken);
            Assert.Equal(-3f, call.Output(1).Tensor.Values<float>()[0]);
        }
    }

    [Fact]
    public async Task Run_WrongInputs_AreRefusedByNameTypeAndShape()
    {
        using ITensorScorer scorer = Open(Mlp());
        using TensorCall call = scorer.CreateCall(0);
        InputException refused = await Assert.ThrowsAsync<InputException>(
            () => RunAsync(call, TensorType.Float64, [1, 4], 1.0, 2.0, 3.0, 4.0));
        Assert.Contains("input 'x': found f64[1,4], expected f32[?,3]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_EndlessLoop_EndsInTime()
    {
        using ITensorScorer scorer = Open(
            EndlessLoop(), TensorModelOptions.Default with { CallTime = TimeSpan.FromSeconds(0.3) });
        using TensorCall call = scorer.CreateCall(0);
        for (int run = 0; run < 2; run++)
        {
            TensorRunException ended = await Assert.ThrowsAsync<TensorRunException>(
                () => RunAsync(call, TensorType.Float32, [1], 1f));
            Assert.Equal(ErrorCode.DeadlineExceeded, ended.Code);
        }
    }

    [Fact]
    public async Task Run_Cancelled_Ends()
    {
        using ITensorScorer scorer = Open(EndlessLoop());
        using TensorCall call = scorer.CreateCall(0);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(0.3));
        Fill(call, TensorType.Float32, [1], 1f);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await call.RunAsync(Long, cancellation.Token));
    }

    // The values decide how much is computed, so no check before the run can see it.
    [Fact]
    public async Task Run_MoreMemoryThanAllowed_IsRefusedAndTheNextRuns()
    {
        ModelProto model = Model(
                Node("Expand", ["x", "s"], ["e"]), Node("Neg", ["e"], ["n"]), Node("ReduceSum", ["n"], ["y"]))
            .In("x", Float, 1).In("s", Whole, 1).Out("y", Float, 1);
        model.Graph.Node[2].Attribute.Add(Attribute("keepdims", 1));
        using ITensorScorer scorer = Open(model, TensorModelOptions.Default with { CallMemoryBytes = 32 << 20 });
        using TensorCall call = scorer.CreateCall(0);
        foreach ((long size, bool isRun) in ((long, bool)[])[(1000, true), (1L << 33, false), (1L << 24, false),
            (1000, true)])
        {
            Fill(call, TensorType.Float32, [1], 1f);
            call.Input(1).Reset(TensorType.Int64, [1]);
            call.Input(1).Values<long>()[0] = size;
            async Task RunFilledAsync() => await call.RunAsync(Long, TestContext.Current.CancellationToken);
            if (isRun)
            {
                await RunFilledAsync();
                Assert.Equal(-1000f, call.Output(0).Tensor.Values<float>()[0]);
            }
            else
            {
                TensorRunException refused = await Assert.ThrowsAsync<TensorRunException>(RunFilledAsync);
                Assert.Equal(ErrorCode.ResourceExhausted, refused.Code);
            }
        }
    }

    [Fact]
    public async Task Run_ValuesWithoutAnswer_IsInvalidArgument()
    {
        ModelProto model = Model(Node("Gather", ["w", "i"], ["y"]))
            .In("i", Whole, "n").Out("y", Float, "n").Weight(Floats("w", [3], 1, 2, 3));
        using ITensorScorer scorer = Open(model);
        using TensorCall call = scorer.CreateCall(0);
        await RunAsync(call, TensorType.Int64, [2], 0L, 2L);
        TensorRunException refused = await Assert.ThrowsAsync<TensorRunException>(
            () => RunAsync(call, TensorType.Int64, [2], 0L, 77L));
        Assert.Equal(ErrorCode.InvalidArgument, refused.Code);
        await RunAsync(call, TensorType.Int64, [2], 1L, 1L);
        Assert.Equal([2f, 2f], call.Output(0).Tensor.Values<float>().ToArray());
    }

    [Fact]
    public async Task Run_SeveralThreads_EachHasItsAnswer()
    {
        using ITensorScorer scorer = Open(Mlp());
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 4), TestContext.Current.CancellationToken, async (thread, _) =>
        {
            using TensorCall call = scorer.CreateCall(0);
            for (int run = 0; run < 500; run++)
            {
                int rows = 1 + (run % 3);
                float[] x = [.. Enumerable.Repeat((float)(thread + run), rows * 3)];
                await RunAsync(call, TensorType.Float32, [rows, 3], x);
                float expected = (9 * (thread + run)) + 0.5f;
                if (Math.Abs(call.Output(0).Tensor.Values<float>()[(rows - 1) * 2] - expected) > 1e-2)
                {
                    wrong.Add($"{thread}, {run}");
                }
            }
        });
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Open_WeightsBesideTheFile_AreRead()
    {
        ModelProto model = Mlp();
        byte[] weights = model.Graph.Initializer[0].RawData.ToByteArray();
        model.Graph.Initializer[0] = Outside("w", [3, 2], ("location", "w.bin"));
        using ITensorScorer scorer = Open(model.Files(("w.bin", weights)), TensorModelOptions.Default);
        using TensorCall call = scorer.CreateCall(0);
        await RunAsync(call, TensorType.Float32, [1, 3], 1f, 1f, 1f);
        Assert.Equal(9.5f, call.Output(0).Tensor.Values<float>()[0]);
    }

    [Fact]
    public void Open_ProviderThatIsNotThere_FallsBackAndSaysSo()
    {
        using ITensorScorer scorer = Open(Mlp(), TensorModelOptions.Default with { Providers = ["cuda", "cpu"] });
        Assert.Matches("onnxruntime [0-9.]+, (CUDA|CPU \\(cuda: .+\\))", scorer.RunsOn);
        using ITensorScorer plain = Open(Mlp());
        Assert.EndsWith(", CPU", plain.RunsOn, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_UnknownProvider_IsRefused() =>
        Assert.Contains(
            "cpu, cuda, tensorrt",
            Assert.Throws<InputException>(
                () => Open(Mlp(), TensorModelOptions.Default with { Providers = ["abacus"] })).Message,
            StringComparison.Ordinal);

    // The reader lets it pass: it knows nothing of this operator's attributes.
    [Fact]
    public void Open_RuntimeRefuses_IsAnInputProblem()
    {
        ModelProto model = Model(Node("Einsum", ["x"], ["y"])).In("x", Float, 2).Out("y", Float, 2);
        InputException refused = Assert.Throws<InputException>(() => Open(model));
        Assert.Contains("equation", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SequenceOfTensors_IsAnswered()
    {
        ModelProto model = Model(Node("SequenceConstruct", ["x", "x"], ["y"])).In("x", Float, "n");
        model.Graph.Output.Add(new ValueInfoProto
        {
            Name = "y",
            Type = new TypeProto
            {
                SequenceType = new TypeProto.Types.Sequence
                {
                    ElemType = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = Float } },
                },
            },
        });
        using ITensorScorer scorer = Open(model);
        using TensorCall call = scorer.CreateCall(0);
        for (int run = 1; run < 4; run++)
        {
            await RunAsync(call, TensorType.Float32, [2], 1f, run);
            Assert.Equal(TensorKind.Sequence, call.Output(0).Kind);
            Assert.Equal(2, call.Output(0).ItemCount);
            Assert.Equal([1f, run], call.Output(0).Item(1).Tensor.Values<float>().ToArray());
        }
    }

    private static ITensorScorer Open(ModelProto model, TensorModelOptions? options = null) =>
        Open(model.Files(), options ?? TensorModelOptions.Default);

    private static ITensorScorer Open(MemoryModelFiles files, TensorModelOptions options) =>
        new OnnxScorerFactory(TimeProvider.System).Open(files, options);

    private static void Fill<T>(TensorCall call, TensorType type, long[] shape, params T[] values)
        where T : unmanaged
    {
        call.Begin();
        call.Input(0).Reset(type, shape);
        values.CopyTo(call.Input(0).Values<T>());
    }

    private static async Task RunAsync<T>(TensorCall call, TensorType type, long[] shape, params T[] values)
        where T : unmanaged
    {
        Fill(call, type, shape, values);
        await call.RunAsync(Long, TestContext.Current.CancellationToken);
    }

    // The least of several windows: what a call allocates is in each of them, what the runtime allocates once is not.
    private static long AllocatedBy(TensorCall call, Action<TensorCall, int> fill)
    {
        long least = long.MaxValue;
        for (int window = 0; window < 30; window++)
        {
            long allocated = 0;
            for (int round = 0; round < 100; round++)
            {
                call.Begin();
                fill(call, round);
                long before = GC.GetAllocatedBytesForCurrentThread();
                ValueTask run = call.RunAsync(Long, CancellationToken.None);
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                if (!run.IsCompletedSuccessfully)
                {
                    Assert.Fail("the run does not end in the caller's thread");
                }
            }

            least = Math.Min(least, allocated);
        }

        return least;
    }

    // 2^62 turns that add one.
    private static ModelProto EndlessLoop()
    {
        var body = new GraphProto { Name = "body" };
        body.Input.Add(Value("i", Whole));
        body.Input.Add(Value("c", Bool));
        body.Input.Add(Value("a", Float, 1));
        body.Node.Add(Node("Identity", ["c"], ["c2"]));
        body.Node.Add(Node("Add", ["a", "a"], ["a2"]));
        body.Output.Add(Value("c2", Bool));
        body.Output.Add(Value("a2", Float, 1));
        return Model(Node("Loop", ["n", "", "x"], ["y"], Attribute("body", body)))
            .In("x", Float, 1)
            .Out("y", Float, 1)
            .Weight(Ints("n", [], 1L << 62));
    }
}
