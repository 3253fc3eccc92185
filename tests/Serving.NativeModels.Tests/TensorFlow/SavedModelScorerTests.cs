using System.Diagnostics;
using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Tensors;
using Serving.NativeModels.SavedModel.Schema;
using Serving.NativeModels.TensorFlow;
using Serving.NativeModels.Tests.SavedModel;

namespace Serving.NativeModels.Tests.TensorFlow;

public sealed class SavedModelScorerTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(10);

    // Unoptimised code makes a span of constants by way of an object; these are arrays for the tests of allocation.
    private static readonly long[] OneRow = [1, 2];
    private static readonly long[] ThreeTexts = [3];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Check_WithoutTheLibrary_ReadsTheModel()
    {
        var factory = new SavedModelScorerFactory("/nowhere/libtensorflow.so");
        MemoryModelFiles files = new SavedModelSample().Files();
        Assert.True(factory.Recognises(files));
        Assert.Equal("savedmodel", factory.Check(files, TensorModelOptions.Default).Format);
    }

    [Fact]
    public async Task Run_SmallModel_AnswersEachShapeAndCallAnew()
    {
        using ITensorScorer scorer = Open(new SavedModelSample());
        using TensorCall call = scorer.CreateCall(0);
        Assert.StartsWith("tensorflow 2.", scorer.RunsOn, StringComparison.Ordinal);
        for (int rows = 1; rows < 40; rows += 13)
        {
            for (int turn = 0; turn < 2; turn++)
            {
                call.Begin();
                TensorBuffer x = call.Input(0);
                x.Reset(TensorType.Float32, [rows, 2]);
                for (int i = 0; i < rows; i++)
                {
                    x.Values<float>()[2 * i] = i + turn;
                    x.Values<float>()[(2 * i) + 1] = 1;
                }

                await call.RunAsync(Enough, Cancelled);
                TensorBuffer y = call.Output(0).Tensor;
                Assert.Equal([rows, 1], y.Shape.ToArray());
                Assert.Equal(
                    Enumerable.Range(0, rows).Select(i => (2f * (i + turn)) - 0.5f), y.Values<float>().ToArray());
            }
        }
    }

    [Fact]
    public async Task Run_OtherTypeRankOrWidth_IsRefusedNamingWhatWasExpected()
    {
        using ITensorScorer scorer = Open(new SavedModelSample());
        using TensorCall call = scorer.CreateCall(0);
        foreach ((TensorType type, long[] shape) in new[]
        {
            (TensorType.Float64, new long[] { 1, 2 }), (TensorType.Float32, [1, 3]), (TensorType.Float32, [1, 1, 2]),
        })
        {
            call.Begin();
            call.Input(0).Reset(type, shape);
            InputException refused = await Assert.ThrowsAsync<InputException>(
                () => call.RunAsync(Enough, Cancelled).AsTask());
            Assert.Contains("f32[?,2]", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Run_NoRows_AnswersNone()
    {
        using ITensorScorer scorer = Open(new SavedModelSample());
        using TensorCall call = scorer.CreateCall(0);
        call.Begin();
        call.Input(0).Reset(TensorType.Float32, [0, 2]);
        await call.RunAsync(Enough, Cancelled);
        Assert.Equal([0, 1], call.Output(0).Tensor.Shape.ToArray());
    }

    [Fact]
    public async Task Run_InputLeftOut_TakesTheSignaturesDefault()
    {
        var sample = new SavedModelSample();
        sample.Signature.Defaults["x"] = Nodes.Floats([2, 2], 3);
        using ITensorScorer scorer = Open(sample);
        using TensorCall call = scorer.CreateCall(0);
        call.Begin();
        await call.RunAsync(Enough, Cancelled);
        Assert.Equal([3.5f, 3.5f], call.Output(0).Tensor.Values<float>().ToArray());
    }

    // Assigning takes over the memory of what is assigned; a next call writes over its buffers.
    [Fact]
    public async Task Run_ModelThatKeepsItsInput_IsNotChangedByTheNextCallsInput()
    {
        var sample = new SavedModelSample();
        sample.Add(
            Nodes.Node("new", "Placeholder").With("dtype", DataType.DtFloat).With("shape", 1),
            Nodes.Node("put", "AssignVariableOp", "v", "new").With("dtype", DataType.DtFloat),
            Nodes.Node("put_done", "Identity", "new", "^put").With("T", DataType.DtFloat));
        var signature = new SignatureDef();
        signature.Inputs["new"] = Nodes.Tensor("new:0", DataType.DtFloat, 1);
        signature.Outputs["done"] = Nodes.Tensor("put_done:0", DataType.DtFloat, 1);
        sample.Meta.SignatureDef["put"] = signature;
        using ITensorScorer scorer = Open(sample);
        Assert.True(scorer.Model.IsStateful);
        using TensorCall put = scorer.CreateCall(scorer.Model.SignatureIndex("put"));
        put.Begin();
        put.Input(0).Reset(TensorType.Float32, [1]);
        put.Input(0).Values<float>()[0] = 100;
        await put.RunAsync(Enough, Cancelled);
        put.Input(0).Values<float>()[0] = -1;

        using TensorCall call = scorer.CreateCall(scorer.Model.DefaultSignature);
        call.Begin();
        call.Input(0).Reset(TensorType.Float32, [1, 2]);
        call.Input(0).Bytes.Clear();
        await call.RunAsync(Enough, Cancelled);
        Assert.Equal(100, call.Output(0).Tensor.Values<float>()[0]);
    }

    // As Keras 3 does: calls read one variable, the saver restores another, and the graph says which is a copy.
    [Fact]
    public async Task Run_VariableThatTheSaverLeavesEmpty_IsFilledFromItsCopy()
    {
        var sample = new SavedModelSample();
        sample.Add(
            Nodes.Node("empty", "VarHandleOp").With("dtype", DataType.DtFloat).With("shape", 1)
                .With("shared_name", new AttrValue { S = Google.Protobuf.ByteString.CopyFromUtf8("empty") }),
            Nodes.Node("read_empty", "ReadVariableOp", "empty").With("dtype", DataType.DtFloat),
            Nodes.Node("copy", "AssignVariableOp", "v", "read_empty").With("dtype", DataType.DtFloat));
        sample.Find("sum").Input[1] = "read_empty";
        using ITensorScorer scorer = Open(sample);
        using TensorCall call = scorer.CreateCall(0);
        call.Begin();
        call.Input(0).Reset(TensorType.Float32, [1, 2]);
        call.Input(0).Bytes.Clear();
        await call.RunAsync(Enough, Cancelled);
        Assert.Equal(0.5f, call.Output(0).Tensor.Values<float>()[0]);
    }

    [Fact]
    public async Task Run_LoopWithoutEnd_EndsAtTheTimeLimit()
    {
        var sample = new SavedModelSample();
        FunctionDef condition = sample.AddFunction(
            "always",
            "less:z:0",
            Nodes.Const("zero", Nodes.Floats([], -1)),
            Nodes.Node("axes", "Const").With("dtype", DataType.DtInt32).With("value", new AttrValue
            {
                Tensor = new TensorProto { Dtype = DataType.DtInt32, TensorShape = Nodes.Shape(2), IntVal = { 0, 1 } },
            }),
            Nodes.Node("one", "Sum", "a", "axes:output:0")
                .With("T", DataType.DtFloat).With("Tidx", DataType.DtInt32)
                .With("keep_dims", new AttrValue { B = false }),
            Nodes.Node("squared", "Square", "one:output:0").With("T", DataType.DtFloat),
            Nodes.Node("less", "Less", "zero:output:0", "squared:y:0").With("T", DataType.DtFloat));
        condition.Signature.OutputArg[0].Type = DataType.DtBool;
        sample.AddFunction("same", "b:output:0", Nodes.Node("b", "Identity", "a").With("T", DataType.DtFloat));
        sample.Add(Nodes.Node("loop", "While", "x").WithTypes("T", DataType.DtFloat)
            .WithFunction("cond", "always").WithFunction("body", "same"));
        sample.Find("product").Input[0] = "loop";
        using ITensorScorer scorer = Open(sample);
        using TensorCall call = scorer.CreateCall(0);
        for (int turn = 0; turn < 2; turn++)
        {
            call.Begin();
            call.Input(0).Reset(TensorType.Float32, [1, 2]);
            call.Input(0).Bytes.Clear();
            long started = Stopwatch.GetTimestamp();
            TensorRunException ended = await Assert.ThrowsAsync<TensorRunException>(
                () => call.RunAsync(TimeSpan.FromMilliseconds(300), Cancelled).AsTask());
            Assert.Equal(ErrorCode.DeadlineExceeded, ended.Code);
            Assert.True(Stopwatch.GetElapsedTime(started) < Enough);
        }
    }

    [Fact]
    public async Task Run_NoTimeLeft_DoesNotRun()
    {
        using ITensorScorer scorer = Open(new SavedModelSample());
        using TensorCall call = scorer.CreateCall(0);
        call.Begin();
        call.Input(0).Reset(TensorType.Float32, [1, 2]);
        TensorRunException ended = await Assert.ThrowsAsync<TensorRunException>(
            () => call.RunAsync(TimeSpan.Zero, Cancelled).AsTask());
        Assert.Equal(ErrorCode.DeadlineExceeded, ended.Code);
    }

    [Fact]
    public async Task Run_AfterTheScorerIsClosed_IsRefused()
    {
        ITensorScorer scorer = Open(new SavedModelSample());
        using TensorCall call = scorer.CreateCall(0);
        scorer.Dispose();
        call.Begin();
        call.Input(0).Reset(TensorType.Float32, [1, 2]);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => call.RunAsync(Enough, Cancelled).AsTask());
    }

    [Fact]
    public void Run_AgainAfterWarmUp_AllocatesNothing()
    {
        using ITensorScorer scorer = Open(new SavedModelSample());
        using TensorCall call = scorer.CreateCall(0);
        bool isWell = true;
        for (int i = 0; i < 100; i++)
        {
            Turn();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Turn();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(isWell);

        void Turn()
        {
            call.Begin();
            TensorBuffer x = call.Input(0);
            x.Reset(TensorType.Float32, OneRow);
            x.Values<float>().Fill(1);
            isWell &= call.RunAsync(Enough, CancellationToken.None).AsTask().IsCompletedSuccessfully;
        }
    }

    // Strings are copied into TensorFlow's memory and out of it: nothing managed either, the constant is 0.
    [Fact]
    public void Run_StringsAfterWarmUp_AllocatesNothing()
    {
        var sample = new SavedModelSample();
        sample.Add(
            Nodes.Node("text", "Placeholder").With("dtype", DataType.DtString).With("shape", -1),
            Nodes.Node("lower", "StringLower", "text"));
        var signature = new SignatureDef();
        signature.Inputs["text"] = Nodes.Tensor("text:0", DataType.DtString, -1);
        signature.Outputs["lower"] = Nodes.Tensor("lower:0", DataType.DtString, -1);
        sample.Meta.SignatureDef["lower"] = signature;
        using ITensorScorer scorer = Open(sample);
        using TensorCall call = scorer.CreateCall(scorer.Model.SignatureIndex("lower"));
        bool isWell = true;
        for (int i = 0; i < 100; i++)
        {
            Turn();
        }

        Assert.Equal("short", System.Text.Encoding.UTF8.GetString(call.Output(0).Tensor.TextAt(0)));
        Assert.Equal("", System.Text.Encoding.UTF8.GetString(call.Output(0).Tensor.TextAt(1)));
        Assert.Equal(
            "one that is longer than what stands in place",
            System.Text.Encoding.UTF8.GetString(call.Output(0).Tensor.TextAt(2)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Turn();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(isWell);

        void Turn()
        {
            call.Begin();
            TensorBuffer text = call.Input(0);
            text.Reset(TensorType.Text, ThreeTexts);
            text.AddText("Short"u8);
            text.AddText([]);
            text.AddText("One that is longer than what stands in place"u8);
            isWell &= call.RunAsync(Enough, CancellationToken.None).AsTask().IsCompletedSuccessfully;
        }
    }

    private static ITensorScorer Open(SavedModelSample sample) =>
        new SavedModelScorerFactory(TensorFlowFiles.Library).Open(sample.Files(), TensorModelOptions.Default);
}
