using System.Buffers;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Serving.Data;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Engine;
using Serving.Engine.Bundles;
using Serving.Protocol.V1;
using Serving.Server.Grpc;
using Serving.Server.Hosting;
using Serving.Server.Telemetry;
using Serving.Testing.Tensors;

namespace Serving.EndToEnd.Tests.Tensors;

/// <summary>Predict and <c>/v1/tensors</c> through a real server, with a runtime of the tests' own.</summary>
public sealed class PredictTests : IAsyncLifetime
{
    private const string Toy =
        """
        signature serving_default
        input x f32 ?,2
        input text string ? default
        output y f32 ?,2 = scale x 2
        output maps f32 * = maps x
        signature texts
        input t string ?
        output u string ? = copy t
        """;

    private const string Plain = "signature serving_default\ninput x f32 ?,2\noutput y f32 ?,2 = scale x 3\n";

    private readonly ToyFactory _toys = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = new TestServer { Change = options => options with { Runtimes = [_toys] } };
        Publish(_server.Folder, "toy", 1, Toy);
        await _server.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Predict_NamedTensors_AnswersNamedTensors()
    {
        TensorResponse answer = await _server.Client.PredictAsync(Request(1, 2, 3, 4));
        Assert.Equal(["y", "maps.keys", "maps.values"], answer.Outputs.Select(output => output.Name));
        Assert.Equal("toy", answer.Model);
        Assert.Equal(1, answer.Version);
        Assert.Equal([2f, 4, 6, 8], MemoryMarshal.Cast<byte, float>(answer.Outputs[0].Data.Span).ToArray());
        Assert.Equal([2, 2], answer.Outputs[0].Shape);
        Assert.Equal("i64", answer.Outputs[1].Type);
        Assert.Equal([0L, 1, 0, 1], MemoryMarshal.Cast<byte, long>(answer.Outputs[1].Data.Span).ToArray());
        Assert.Equal([1f, 2, 3, 4], MemoryMarshal.Cast<byte, float>(answer.Outputs[2].Data.Span).ToArray());
    }

    [Fact]
    public async Task Predict_ASignatureOfTexts_AnswersTexts()
    {
        var request = new TensorRequest { Model = "toy", Signature = "texts" };
        var texts = new Tensor { Name = "t", Type = "string", Shape = { 3 } };
        texts.Strings.AddRange([ByteString.CopyFromUtf8("é"), ByteString.Empty, ByteString.CopyFrom(255)]);
        request.Inputs.Add(texts);
        TensorResponse answer = await _server.Client.PredictAsync(request);
        Assert.Equal(texts.Strings, answer.Outputs.Single().Strings);
    }

    [Theory]
    [InlineData("name", "inputs.z")]
    [InlineData("type", "expected f32[?,2]")]
    [InlineData("shape", "found shape [2,3], expected f32[?,2]")]
    [InlineData("data", "found 12 bytes of data")]
    [InlineData("twice", "found it twice")]
    [InlineData("output", "outputs.q")]
    [InlineData("signature", "expected one of serving_default, texts")]
    [InlineData("huge", "found 16 bytes")]
    public async Task Predict_WhatDoesNotFit_IsInvalidArgumentAndNamed(string how, string named)
    {
        TensorRequest request = Request(1, 2, 3, 4);
        Tensor x = request.Inputs[0];
        switch (how)
        {
            case "name":
                x.Name = "z";
                break;
            case "type":
                x.Type = "f64";
                break;
            case "shape":
                x.Shape[1] = 3;
                break;
            case "data":
                x.Data = ByteString.CopyFrom(x.Data.Span[..12]);
                break;
            case "twice":
                request.Inputs.Add(x.Clone());
                break;
            case "output":
                request.Outputs.Add("q");
                break;
            case "signature":
                request.Signature = "other";
                break;
            default:
                x.Shape[0] = 1L << 60;
                break;
        }

        RpcException refused = await Assert.ThrowsAsync<RpcException>(
            async () => await _server.Client.PredictAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(named, refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_OfTheOtherKind_AreFailedPreconditionAndNameTheRightOne()
    {
        RpcException score = await Assert.ThrowsAsync<RpcException>(
            async () => await _server.Client.ScoreAsync(new ScoreRequest { Model = "toy", Row = new Row() }));
        Assert.Equal(StatusCode.FailedPrecondition, score.StatusCode);
        Assert.Contains("Predict", score.Status.Detail, StringComparison.Ordinal);
        TensorRequest request = Request(1, 2);
        request.Model = "pay";
        RpcException predict = await Assert.ThrowsAsync<RpcException>(
            async () => await _server.Client.PredictAsync(request));
        Assert.Equal(StatusCode.FailedPrecondition, predict.StatusCode);
        Assert.Contains("Score", predict.Status.Detail, StringComparison.Ordinal);
        Schema schema = await _server.Client.GetSchemaAsync(new GetSchemaRequest { Model = "toy" });
        Assert.Equal("f32[?,2]", schema.Fields[0].Type);
    }

    [Theory]
    [InlineData("toy", """{"inputs":{"x":[[1,null]]},"outputs":["y"]}""", 200,
        """{"model":"toy","version":1,"outputs":{"y":[[2,null]]}}""")]
    [InlineData("toy?signature=texts&version=1", """{"inputs":{"t":["a"]}}""", 200,
        """{"model":"toy","version":1,"outputs":{"u":["a"]}}""")]
    [InlineData("toy", """{"inputs":{"x":[[1,true]]}}""", 400, "inputs.x[0][1]")]
    [InlineData("toy?signature=no", """{"inputs":{"x":[[1,2]]}}""", 400, "serving_default")]
    [InlineData("toy?speed=1", """{"inputs":{"x":[[1,2]]}}""", 400, "speed")]
    [InlineData("pay", """{"inputs":{"x":[[1,2]]}}""", 412, "/v1/score/pay")]
    [InlineData("none", """{"inputs":{"x":[[1,2]]}}""", 404, "no model")]
    public async Task Post_Tensors_AnswersTheSameJson(string path, string body, int status, string expected)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _server.Http.PostAsync(
            new Uri("/v1/tensors/" + path, UriKind.Relative), content);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_WhileVersionsSwap_EveryCallIsAnsweredByOneVersion()
    {
        Publish(_server.Folder, "toy", 2, Plain);
        float seen = 2;
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (seen != 3 && System.Diagnostics.Stopwatch.GetElapsedTime(start) < Patience.Longest)
        {
            TensorResponse answer = await _server.Client.PredictAsync(Request(1, 2));
            seen = MemoryMarshal.Cast<byte, float>(answer.Outputs[0].Data.Span)[0];
            Assert.Equal(answer.Version + 1, seen);
        }

        Assert.Equal(3, seen);
    }

    [Fact]
    public async Task Predict_AfterWarmUp_AllocatesNothingOfOurOwn()
    {
        using var folder = new ModelFolder();
        Publish(folder, "plain", 1, Plain);
        using var engine = new InferenceEngine(
            new EngineOptions { ModelsFolder = folder.Models, LoadInline = true, Runtimes = [_toys] },
            TimeProvider.System);
        for (int poll = 0; poll < 20 && engine.ReadyModels.Length < 3; poll++)
        {
            engine.Poll();
        }

        using var metrics = new ServerMetrics();
        using var page = new MetricsPage(metrics);
        var flow = new PredictFlow(
            engine, metrics, new ServerOptions { Models = folder.Models }, TimeProvider.System);
        TensorRequest request = Request(1, 2);
        request.Model = "plain";
        byte[] message = request.ToByteArray();
        await Task.Yield();
        Assert.Equal(0, AllocatedBy(flow, new ReadOnlySequence<byte>(message)));
    }

    private static long AllocatedBy(PredictFlow flow, ReadOnlySequence<byte> payload)
    {
        var pool = new ScoreCallPool();
        long allocated = -1;
        for (int round = 0; round < 5 && allocated != 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int index = 0; index < 200; index++)
            {
                ScoreCall call = pool.Rent();
                call.Receive(payload, isBatch: true, TimeProvider.System.GetTimestamp());
                ValueTask<ErrorCode> answer = flow.RunAsync(call, CancellationToken.None);
                Assert.True(answer.IsCompletedSuccessfully && answer.Result == ErrorCode.None, call.Message);
                pool.Return(call);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return allocated;
    }

    private static TensorRequest Request(params float[] values)
    {
        var request = new TensorRequest { Model = "toy" };
        request.Inputs.Add(new Tensor
        {
            Name = "x",
            Type = "f32",
            Shape = { values.Length / 2, 2 },
            Data = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())),
        });
        return request;
    }

    private void Publish(ModelFolder folder, string name, long version, string text)
    {
        string path = Path.Combine(folder.Root, "m.toy");
        File.WriteAllText(path, text);
        BundleDraft draft = BundleDraft.Create(
            new PackRequest { Name = name, ModelPath = path }, TimeProvider.System, [_toys]);
        BundleWriter.WriteToModels(draft, name, folder.Models, version);
    }
}
