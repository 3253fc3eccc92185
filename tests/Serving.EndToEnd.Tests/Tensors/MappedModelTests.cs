using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using Serving.Data;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Engine;
using Serving.Engine.Bundles;
using Serving.Engine.Pipeline;
using Serving.Protocol.V1;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Tensors;

/// <summary>
/// Other tools' networks behind a script, through the real runtimes and a real server: the columns are the model's own
/// inputs, so that the scores must be what its tool answers.
/// </summary>
public sealed class MappedModelTests
{
    private const double Tolerance = 1e-4;

    // Binary16 and quantised models.
    private const double ReducedTolerance = 2e-2;

    [Theory]
    [InlineData("torch/mlp", "x", "{}", "y0", "", Tolerance)]
    [InlineData("torch/mlp-external-data", "x", "{}", "y0", "", Tolerance)]
    [InlineData("torch/mlp-fp16", "x", "{}", "y0", "", ReducedTolerance)]
    [InlineData("torch/mlp-int8-dynamic", "x", "{}", "y0", "", ReducedTolerance)]
    [InlineData("sklearn/mlp", "X", """{"score":{"key":1}}""", "output_probability", "1", Tolerance)]
    [InlineData("sklearn/no-zipmap", "X", """{"score":{"index":1}}""", "probabilities", "1", Tolerance)]
    [InlineData("tf-2.15/mlp-model-save-trained", "features", "{}", "fraud", "", Tolerance)]
    public async Task Score_RealModelBehindAScript_IsWhatItsToolAnswers(
        string model, string input, string mapping, string output, string key, double tolerance)
    {
        string? folder = SharedFiles.Find("data/golden/" + model);
        Assert.SkipWhen(folder is null, "shared/data/golden is not there");
        JsonNode inputs = Document(folder, "input.json");
        JsonArray rows = inputs[input]!.AsArray();
        JsonNode expected = Document(
            folder, File.Exists(Path.Combine(folder, "onnxruntime.json")) ? "onnxruntime.json" : "expected.json");
        await using TestServer server = TensorServer.Create("");
        Publish(server.Folder, folder, rows[0]!.AsArray().Count, mapping);
        await server.InitializeAsync();
        for (int row = 0; row < rows.Count; row++)
        {
            JsonNode answer = expected[output]![row]!;
            double wanted = (key.Length == 0 ? answer[0]!
                : answer is JsonObject map ? map[key]! : answer[int.Parse(key, CultureInfo.InvariantCulture)]!)
                .GetValue<double>();
            JsonObject fields = FieldsOf(rows[row]!.AsArray());

            double overGrpc = (await server.Client.ScoreAsync(RequestOf(fields))).Score;
            using HttpResponseMessage rest = await server.Http.PostAsJsonAsync("/v1/score/net", fields);
            double overRest = (await rest.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("score").GetDouble();

            Assert.Equal(overGrpc, overRest);
            Assert.InRange(overGrpc - wanted, -tolerance, tolerance);
        }

        RpcException predict = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.PredictAsync(new TensorRequest { Model = "net" }));
        Assert.Equal(StatusCode.FailedPrecondition, predict.StatusCode);
    }

    [Fact]
    public void Score_AfterWarmUp_AllocatesNothing()
    {
        string? folder = SharedFiles.Find("data/golden/torch/mlp");
        Assert.SkipWhen(folder is null, "shared/data/golden is not there");
        using var models = new ModelFolder();
        Publish(models, folder, 10, "{}");
        using var engine = new InferenceEngine(
            new EngineOptions
            {
                ModelsFolder = models.Models,
                LoadInline = true,
                Runtimes = [.. TensorServer.Runtimes],
            },
            TimeProvider.System);
        for (int poll = 0; poll < 20 && engine.ReadyModels.Length < 3; poll++)
        {
            engine.Poll();
        }

        long allocated = -1;
        for (int round = 0; round < 5 && allocated != 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int call = 0; call < 200; call++)
            {
                bool isRented = engine.Rent("net"u8, 0, default, out ScoringContext? context) == ErrorCode.None;
                using (context)
                {
                    RowBatch batch = context!.Rows;
                    int row = batch.AddRow();
                    batch.Set(row, 0, batch.AddText("a"u8));
                    batch.Set(row, 1, 0);
                    batch.SetFloat(row, 2, 0.5);

                    // Comparing by Assert.Equal would allocate.
                    Assert.True(isRented && engine.Score(context) == ErrorCode.None);
                }
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    // The columns are the inputs' numbers in their order, so that names alone need no mapping.
    private static void Publish(ModelFolder folder, string golden, int width, string mapping)
    {
        var script = new StringBuilder("features net 1;\nrequest row { id: string; at: time;");
        for (int column = 0; column < width; column++)
        {
            script.Append(CultureInfo.InvariantCulture, $" f{column}: float?;");
        }

        script.Append(" } id id, time at;\n");
        for (int column = 0; column < width; column++)
        {
            script.Append(CultureInfo.InvariantCulture, $"feature c{column} = f{column};\n");
        }

        string scriptPath = Path.Combine(folder.Root, "net.feat");
        string mappingPath = Path.Combine(folder.Root, "mapping.json");
        File.WriteAllText(scriptPath, script.ToString());
        File.WriteAllText(mappingPath, mapping);
        string saved = Path.Combine(golden, "saved_model");
        BundleDraft draft = BundleDraft.Create(
            new PackRequest
            {
                Name = "net",
                ScriptPath = scriptPath,
                MappingPath = mappingPath,
                ModelPath = Directory.Exists(saved) ? saved : Path.Combine(golden, "model.onnx"),
            },
            TimeProvider.System,
            TensorServer.Runtimes);
        BundleManifest manifest = BundleWriter.WriteToModels(draft, "net", folder.Models);
        Assert.SkipWhen(
            manifest.Tensors!.Compare == TensorManifest.Unchecked,
            "TensorFlow's library is not there: SERVING_TENSORFLOW_LIBRARY names it");
    }

    private static JsonNode Document(string folder, string file)
    {
        JsonNode document = JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, file)))!;
        return document["serving_default"] ?? document;
    }

    private static JsonObject FieldsOf(JsonArray row)
    {
        var fields = new JsonObject { ["id"] = "a", ["at"] = "2026-01-01T00:00:00Z" };
        for (int column = 0; column < row.Count; column++)
        {
            fields[$"f{column}"] = row[column]!.DeepClone();
        }

        return fields;
    }

    private static ScoreRequest RequestOf(JsonObject fields)
    {
        var row = new Row();
        foreach ((string name, JsonNode? value) in fields)
        {
            row.Fields[name] = name switch
            {
                "id" => new Value { StringValue = "a" },
                "at" => new Value { IntValue = 1_767_225_600_000 },
                _ => new Value { FloatValue = value!.GetValue<double>() },
            };
        }

        return new ScoreRequest { Model = "net", Row = row };
    }
}
