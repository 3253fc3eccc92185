using System.Diagnostics;
using System.Globalization;
using System.Text;
using Grpc.Core;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Engine.Bundles;
using Serving.Protocol.V1;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Tensors;

/// <summary>A network behind a script, in a worker process that is killed.</summary>
public sealed class IsolatedScoreTests
{
    private const int Width = 10;

    private const string Decisions = """
        { "format": "serving.decision", "version": 1,
          "rules": [{ "when": "score > 0.999", "decision": "decline", "reason": "R99" }],
          "thresholds": [{ "from": 0.6, "decision": "review", "reason": "R60" }], "otherwise": "approve",
          "fallback": { "policy": { "decision": "review", "score": 0.5, "reason": "R00" } },
          "reasons": { "R60": { "en": "High risk" }, "R00": { "en": "To be looked at" }, "R99": { "en": "Sure" } },
          "languages": ["en"] }
        """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Score_WhileTheWorkerIsGone_IsTheFallbackOrUnavailable(bool hasPolicy)
    {
        string? model = SharedFiles.Find("data/golden/torch/mlp/model.onnx");
        Assert.SkipWhen(model is null, "no shared/data/golden");
        await using TestServer server = TensorServer.Create("models: { net: { isolation: process } }");
        Publish(server.Folder, model, hasPolicy);
        await server.InitializeAsync();
        Assert.Equal("on", (await TensorServer.DetailAsync(server.Http, "net")).GetProperty("batching").GetString());
        double whole = (await server.Client.ScoreAsync(Request())).RawScore;
        string found = "";
        int worker = 0;
        for (int kill = 0; kill < 10 && found.Length == 0; kill++)
        {
            worker = await TensorServer.WorkerAsync(server.Http, "net", worker);
            using Process process = Process.GetProcessById(worker);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            string answer = await AnswerAsync(server, whole);

            // On a busy machine the next worker may be there before the call is.
            found = answer == "full" ? "" : answer;
        }

        Assert.Equal(hasPolicy ? "policy 0.5" : "Unavailable", found);
        using var limit = new CancellationTokenSource(Patience.Longest);
        while (await AnswerAsync(server, whole) != "full")
        {
            await Task.Delay(10, limit.Token);
        }
    }

    private static async Task<string> AnswerAsync(TestServer server, double whole)
    {
        try
        {
            ScoreResponse answer = await server.Client.ScoreAsync(Request());
            if (!answer.Degraded)
            {
                Assert.Equal(whole, answer.RawScore, 1e-5);
                return "full";
            }

            return string.Create(CultureInfo.InvariantCulture, $"{answer.Step} {answer.Score}");
        }
        catch (RpcException refused)
        {
            return refused.StatusCode.ToString();
        }
    }

    private static ScoreRequest Request()
    {
        var row = new Row
        {
            Fields =
            {
                ["id"] = new Value { StringValue = "a" }, ["at"] = new Value { IntValue = 1_767_225_600_000 },
            },
        };
        for (int column = 0; column < Width; column++)
        {
            row.Fields[$"f{column}"] = new Value { FloatValue = 0.1 * column };
        }

        return new ScoreRequest { Model = "net", Row = row };
    }

    private static void Publish(ModelFolder folder, string model, bool hasPolicy)
    {
        var script = new StringBuilder("features net 1;\nrequest row { id: string; at: time;");
        for (int column = 0; column < Width; column++)
        {
            script.Append(CultureInfo.InvariantCulture, $" f{column}: float?;");
        }

        script.Append(" } id id, time at;\n");
        for (int column = 0; column < Width; column++)
        {
            script.Append(CultureInfo.InvariantCulture, $"feature c{column} = f{column};\n");
        }

        string Write(string name, string text)
        {
            string path = Path.Combine(folder.Root, name);
            File.WriteAllText(path, text);
            return path;
        }

        BundleDraft draft = BundleDraft.Create(
            new PackRequest
            {
                Name = "net",
                ScriptPath = Write("net.feat", script.ToString()),
                MappingPath = Write("mapping.json", "{}"),
                DecisionPath = hasPolicy ? Write("decision.json", Decisions) : null,
                ModelPath = model,
            },
            TimeProvider.System,
            TensorServer.Runtimes);
        BundleWriter.WriteToModels(draft, "net", folder.Models, 1);
    }
}
