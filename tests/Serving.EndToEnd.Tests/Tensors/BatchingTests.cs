using System.Text.Json;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;
using Serving.Testing;
using Serving.Testing.Tensors;

namespace Serving.EndToEnd.Tests.Tensors;

/// <summary>Calls that wait become batches, in a real server.</summary>
public sealed class BatchingTests
{
    private const int Callers = 64;
    private const string Slow = "signature serving_default\ninput x f32 ?,2\noutput y f32 ?,2 = slow x 30\n";
    private const string Labels = """{model="toy",version="1"}""";
    private const string Runs = "serving_batch_run_seconds_count" + Labels;
    private const string Rows = "serving_batch_rows_sum" + Labels;

    [Fact]
    public async Task Calls_ThatComeWhileTheModelRuns_RunTogetherAndGetTheirOwnRows()
    {
        await using TestServer server = await StartAsync("", Slow);

        // Samples of the load ran too.
        double runsBefore = await Metric.ReadAsync(server, Runs);
        double rowsBefore = await Metric.ReadAsync(server, Rows);
        Task<TensorResponse>[] calls = [.. Enumerable.Range(0, Callers).Select(caller => PredictAsync(server, caller))];
        TensorResponse[] answers = await Task.WhenAll(calls);
        for (int caller = 0; caller < Callers; caller++)
        {
            float[] answer = TensorServer.Floats(answers[caller]);
            Assert.Equal([(float)caller, -caller], answer);
        }

        double runs = await Metric.ReadAsync(server, Runs);
        Assert.InRange(runs - runsBefore, 2, Callers - 1);
        Assert.Equal(Callers, await Metric.ReadAsync(server, Rows) - rowsBefore);
        Assert.Equal(runs, await Metric.ReadAsync(server, "serving_batch_wait_seconds_count" + Labels));
    }

    [Theory]
    [InlineData("models: { toy: { batching: off } }", Slow, "off")]
    [InlineData("tensors: { batching: off }", Slow, "off")]
    [InlineData("", Slow + "stateful\n", "off: calls change its state")]
    [InlineData("models: { toy: { batching: { stateful: true } } }", Slow + "stateful\n", "on")]
    [InlineData("", "signature serving_default\ninput x f32 1,2\noutput y f32 1,2 = copy x\n",
        "off: input x: f32[1,2] has no free first dimension")]
    public async Task Status_OfAModel_SaysWhetherCallsFormBatchesAndWhyNot(string config, string toy, string batching)
    {
        await using TestServer server = await StartAsync(config, toy);
        JsonElement detail = await TensorServer.DetailAsync(server.Http, "toy");
        Assert.Equal(batching, detail.GetProperty("batching").GetString());
        Assert.Equal("toybox 1", detail.GetProperty("runs_on").GetString());
        Assert.Equal("none", detail.GetProperty("isolation").GetString());
        float[] answer = TensorServer.Floats(await PredictAsync(server, 1));
        Assert.Equal([1f, -1f], answer);
    }

    [Fact]
    public async Task Onnx_Of64Callers_AnswersAsCallByCall()
    {
        string? folder = SharedFiles.Find("data/golden/torch/mlp");
        Assert.SkipWhen(folder is null, "no shared/data/golden");
        await using TestServer server = TensorServer.Create("");
        TensorServer.Publish(server.Folder, "mlp", Path.Combine(folder, "model.onnx"));
        await server.InitializeAsync();
        float[][] rows = RowsOf(Path.Combine(folder, "input.json"));
        float[] alone = new float[rows.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            alone[row] = await ScoreAsync(server, rows[row]);
        }

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
        {
            for (int index = caller; index < caller + 50; index++)
            {
                int row = index % rows.Length;
                Assert.Equal(alone[row], await ScoreAsync(server, rows[row]), 1e-5f);
            }
        }));
    }

    private static float[][] RowsOf(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return [.. document.RootElement.GetProperty("x").EnumerateArray().Select(
            row => row.EnumerateArray().Select(number => number.GetSingle()).ToArray())];
    }

    private static async Task<float> ScoreAsync(TestServer server, float[] row) => TensorServer.Floats(
        await server.Client.PredictAsync(TensorServer.Call("mlp", "x", row, row.Length)))[0];

    private static async Task<TestServer> StartAsync(string config, string toy)
    {
        var toys = new ToyFactory();
        TestServer server = TensorServer.Create(config, [toys]);
        TensorServer.PublishToy(server.Folder, "toy", toy, toys);
        await server.InitializeAsync();
        return server;
    }

    private static async Task<TensorResponse> PredictAsync(TestServer server, int caller) =>
        await server.Client.PredictAsync(TensorServer.Call("toy", "x", [caller, -caller], 2));
}
