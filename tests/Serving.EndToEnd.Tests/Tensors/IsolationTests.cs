using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Serving.EndToEnd.Tests.Admin;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Tensors;

/// <summary><c>isolation: process</c> with the program's own workers.</summary>
public sealed class IsolationTests
{
    private const string Isolated = "models: { mlp: { isolation: process } }";

    // Callers, kills and what they wait for: more callers than a worker has slots.
    private const int Callers = 6;
    private static readonly float[] s_row = [.. Enumerable.Range(0, 10).Select(place => place * 0.1f)];

    [Fact]
    public async Task Worker_KilledUnderLoad_EveryCallIsAnsweredAndTheNextOneServes()
    {
        int kills = Nightly.Count(10, 100, "SERVING_KILLS");
        await using TestServer server = await StartAsync();
        float[] expected = TensorServer.Floats(await server.Client.PredictAsync(Call()));
        var codes = new ConcurrentDictionary<StatusCode, int>();
        using var over = new CancellationTokenSource();
        Task[] load = [.. Enumerable.Range(0, Callers).Select(_ => LoadAsync(server, expected, codes, over.Token))];
        var longest = TimeSpan.Zero;
        int worker = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            worker = await TensorServer.WorkerAsync(server.Http, "mlp", worker);
            TimeSpan took = await KillAsync(server, worker);
            longest = took > longest ? took : longest;
        }

        await over.CancelAsync();
        await Task.WhenAll(load);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"result: {kills} kills of a worker, the next one answered after at most {longest.TotalSeconds:0.00} s");
        Assert.Subset(new HashSet<StatusCode> { StatusCode.OK, StatusCode.Unavailable }, codes.Keys.ToHashSet());
        Assert.True(codes[StatusCode.OK] > kills);
        const string Labels = """{model="mlp",version="1"}""";
        Assert.Equal(kills, await Metric.WaitForAsync(server, "serving_worker_crashes_total" + Labels, kills));
        Assert.Equal(kills, await Metric.WaitForAsync(server, "serving_worker_restarts_total" + Labels, kills));
    }

    [Fact]
    public async Task Status_OfAnIsolatedModel_NamesItsWorkerAndWhatRunsIt()
    {
        await using TestServer server = await StartAsync();
        JsonElement detail = await TensorServer.DetailAsync(server.Http, "mlp");
        Assert.Equal("process", detail.GetProperty("isolation").GetString());
        Assert.Equal("on", detail.GetProperty("batching").GetString());
        string runsOn = detail.GetProperty("runs_on").GetString()!;
        Assert.EndsWith("CPU, in a worker process", runsOn, StringComparison.Ordinal);
        Assert.False(detail.GetProperty("unchecked").GetBoolean());
        ListModelsResponse list = await server.Client.ListModelsAsync(new ListModelsRequest());
        ModelStatus status = list.Models.Single(model => model.Model == "mlp");
        Assert.Equal(detail.GetProperty("worker").GetInt32(), status.Worker);
        using Process worker = Process.GetProcessById(status.Worker);
        Assert.False(worker.HasExited);
    }

    [Fact]
    public async Task Worker_OfAServerInItsOwnProcess_LivesThroughSignalsAndEndsWithTheServer()
    {
        using var folder = new ModelFolder();
        TensorServer.Publish(folder, "mlp", Mlp());
        string config = Path.Combine(folder.Root, "config.yaml");
        await File.WriteAllTextAsync(config, Isolated, TestContext.Current.CancellationToken);
        await using AdminProcess server = await AdminProcess.StartAsync(
            folder.Models, Path.Combine(folder.Root, "control"), more: ["--config", config]);
        using var http = new HttpClient { BaseAddress = server.Http };
        Assert.Equal(HttpStatusCode.OK, await PostAsync(http));
        int worker = await TensorServer.WorkerAsync(http, "mlp", 0);
        using Process process = Process.GetProcessById(worker);
        foreach (string signal in (string[])["-TERM", "-INT"])
        {
            using Process kill = Process.Start("kill", [signal, $"{worker}"]);
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, await PostAsync(http));
        }

        Assert.Equal(worker, await TensorServer.WorkerAsync(http, "mlp", 0));
        server.Kill();
        using var limit = new CancellationTokenSource(Patience.Longest);
        await process.WaitForExitAsync(limit.Token);
    }

    private static string Mlp()
    {
        string? path = SharedFiles.Find("data/golden/torch/mlp/model.onnx");
        Assert.SkipWhen(path is null, "no shared/data/golden");
        return path;
    }

    private static async Task<TestServer> StartAsync()
    {
        TestServer server = TensorServer.Create(Isolated);
        TensorServer.Publish(server.Folder, "mlp", Mlp());
        await server.InitializeAsync();
        return server;
    }

    private static TensorRequest Call() => TensorServer.Call("mlp", "x", s_row, s_row.Length);

    private static async Task<HttpStatusCode> PostAsync(HttpClient http)
    {
        string row = string.Join(", ", s_row.Select(number => FormattableString.Invariant($"{number}")));
        using var content = new StringContent(
            $$"""{"inputs": {"x": [[{{row}}]] } }""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await http.PostAsync(new Uri("/v1/tensors/mlp", UriKind.Relative), content);
        return answer.StatusCode;
    }

    // The old worker is gone before the first call, so whoever answers is the next one.
    private static async Task<TimeSpan> KillAsync(TestServer server, int worker)
    {
        using Process process = Process.GetProcessById(worker);
        long start = Stopwatch.GetTimestamp();
        process.Kill();
        await process.WaitForExitAsync();
        using var limit = new CancellationTokenSource(Patience.Longest);
        while (await CodeAsync(server, null) != StatusCode.OK)
        {
            await Task.Delay(5, limit.Token);
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private static async Task LoadAsync(
        TestServer server, float[] expected, ConcurrentDictionary<StatusCode, int> codes, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            StatusCode code = await CodeAsync(server, expected);
            codes.AddOrUpdate(code, 1, static (_, count) => count + 1);
            if (code != StatusCode.OK)
            {
                await Task.WhenAny(Task.Delay(10, over));
            }
        }
    }

    private static async Task<StatusCode> CodeAsync(TestServer server, float[]? expected)
    {
        try
        {
            TensorResponse answer = await server.Client.PredictAsync(
                Call(), deadline: DateTime.UtcNow + Patience.Longest);
            if (expected is not null)
            {
                Assert.Equal(expected[0], TensorServer.Floats(answer)[0], 1e-5f);
            }

            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }
}
