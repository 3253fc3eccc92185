using System.Text;
using System.Text.Json;
using Serving.Data.Cells;
using Serving.Data.Tensors;
using Serving.Data.Tensors.Json;
using Serving.Models.Tensors;
using Serving.NativeModels.TensorFlow;
using Serving.NativeModels.Tests.SavedModel;
using Serving.Testing;

namespace Serving.NativeModels.Tests.TensorFlow;

public sealed class GoldenSavedModelTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_EveryRealExport_GivesItsExpectedOutputs()
    {
        Assert.SkipWhen(SharedModels.Cases.Count == 0, "shared/data/golden is absent");
        var factory = new SavedModelScorerFactory(TensorFlowFiles.Library);
        var differences = new List<string>();
        int signatures = 0;
        foreach (string name in SharedModels.Cases)
        {
            string folder = SharedModels.Folder(name);
            using ITensorScorer scorer = factory.Open(FolderModelFiles.Open(folder), TensorModelOptions.Default);
            string root = Path.GetDirectoryName(folder)!;
            using JsonDocument inputs = await Read(root, "input.json");
            using JsonDocument outputs = await Read(root, "expected.json");
            double tolerance = name.EndsWith("float16", StringComparison.Ordinal) ? 2e-3 : 1e-5;
            foreach (JsonProperty signature in inputs.RootElement.EnumerateObject())
            {
                signatures++;
                JsonElement expected = outputs.RootElement.GetProperty(signature.Name);
                string? difference = await Difference(scorer, signature, expected, tolerance);
                if (difference is not null)
                {
                    differences.Add($"{name} {signature.Name} {difference}");
                }
            }
        }

        Assert.Empty(differences);
        Assert.True(signatures > SharedModels.Cases.Count, $"{signatures}");
    }

    [Fact]
    public async Task Run_Mlp_GivesItsExpectedOutputs()
    {
        using ITensorScorer scorer = Open("tensorflow/mlp");
        using JsonDocument cases = await Read(SharedFiles.Find("tensorflow")!, "mlp-cases.json");
        using TensorCall call = scorer.CreateCall(scorer.Model.DefaultSignature);
        foreach (JsonElement one in cases.RootElement.GetProperty("cases").EnumerateArray())
        {
            call.Begin();
            TensorBuffer input = call.Input(0);
            input.Reset(TensorType.Float32, [1, 30]);
            float[] values = [.. one.GetProperty("x").EnumerateArray().Select(value => value.GetSingle())];
            values.CopyTo(input.Values<float>());
            await call.RunAsync(TimeSpan.FromSeconds(10), Cancelled);
            Assert.Equal([1, 1], call.Output(0).Tensor.Shape.ToArray());
            Assert.Equal(one.GetProperty("y")[0].GetDouble(), call.Output(0).Tensor.Values<float>()[0], 1e-6);
        }
    }

    [Fact]
    public async Task Run_Strings_LooksWordsUpAndClassifiesExamples()
    {
        using ITensorScorer scorer = Open("tensorflow/strings");
        using JsonDocument cases = await Read(SharedFiles.Find("tensorflow")!, "strings-cases.json");
        JsonElement lookup = cases.RootElement.GetProperty("lookup");
        JsonElement classify = cases.RootElement.GetProperty("classify");
        using TensorCall words = await Run(
            scorer,
            "lookup",
            [.. lookup.GetProperty("words").EnumerateArray()
                .Select(word => Encoding.UTF8.GetBytes(word.GetString()!))]);
        Assert.Equal(
            lookup.GetProperty("ids").EnumerateArray().Select(id => id.GetInt64()),
            words.Output(0).Tensor.Values<long>().ToArray());

        using TensorCall examples = await Run(
            scorer,
            "classify",
            [.. classify.GetProperty("examples_hex").EnumerateArray()
                .Select(example => Convert.FromHexString(example.GetString()!))]);
        TensorBuffer classes = examples.Output(examples.Signature.OutputIndex("classes")).Tensor;
        Assert.Equal(
            classify.GetProperty("classes").EnumerateArray()
                .SelectMany(row => row.EnumerateArray().Select(text => text.GetString()!)),
            Enumerable.Range(0, classes.Count).Select(i => Encoding.UTF8.GetString(classes.TextAt(i))));
    }

    private static ITensorScorer Open(string name) => new SavedModelScorerFactory(TensorFlowFiles.Library)
        .Open(FolderModelFiles.Open(SharedModels.Folder(name)), TensorModelOptions.Default);

    private static async Task<JsonDocument> Read(string root, string name) =>
        JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(root, name), Cancelled));

    private static async Task<TensorCall> Run(ITensorScorer scorer, string signature, byte[][] texts)
    {
        TensorCall call = scorer.CreateCall(scorer.Model.SignatureIndex(signature));
        call.Begin();
        call.Input(0).Reset(TensorType.Text, [texts.Length]);
        foreach (byte[] text in texts)
        {
            call.Input(0).AddText(text);
        }

        await call.RunAsync(TimeSpan.FromSeconds(10), Cancelled);
        return call;
    }

    private static async Task<string?> Difference(
        ITensorScorer scorer, JsonProperty signature, JsonElement expected, double tolerance)
    {
        using TensorCall call = scorer.CreateCall(scorer.Model.SignatureIndex(signature.Name));
        var answer = new Utf8Buffer();
        try
        {
            call.Begin();
            TensorJsonReader.Read(
                Encoding.UTF8.GetBytes($"{{\"inputs\": {signature.Value.GetRawText()}}}"), call);
            await call.RunAsync(TimeSpan.FromSeconds(10), Cancelled);
            TensorJsonWriter.WriteOutputs(answer, call);
        }
        catch (TensorRunException refused)
        {
            return refused.Message;
        }

        using var found = JsonDocument.Parse(answer.Written.ToArray());
        return JsonTolerance.Difference(expected, found.RootElement, tolerance, "outputs");
    }
}
