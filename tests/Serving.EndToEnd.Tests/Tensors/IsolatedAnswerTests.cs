using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Tensors;

/// <summary>Other tools' models answer the same in a worker process as in the server's own.</summary>
public sealed class IsolatedAnswerTests
{
    private const string Library = "SERVING_TENSORFLOW_LIBRARY";

    [Theory]
    [InlineData("torch/ops")]
    [InlineData("torch/mlp-external-data")]
    [InlineData("sklearn/mlp")]
    [InlineData("tf-2.15/wide-deep-string")]
    [InlineData("tf-2.15/tf-example-classify")]
    public async Task Tensors_InAWorker_AnswersAsInTheServer(string golden)
    {
        string? folder = SharedFiles.Find("data/golden/" + golden);
        Assert.SkipWhen(folder is null, "no shared/data/golden");
        string path = Path.Combine(folder, "saved_model");
        bool isSaved = Directory.Exists(path);
        Assert.SkipWhen(isSaved && Environment.GetEnvironmentVariable(Library) is null, $"no {Library}");
        path = isSaved ? path : Path.Combine(folder, "model.onnx");
        await using TestServer server = TensorServer.Create("models: { apart: { isolation: process } }");
        TensorServer.Publish(server.Folder, "here", path);
        TensorServer.Publish(server.Folder, "apart", path);
        await server.InitializeAsync();
        foreach ((string signature, string body) in Calls(Path.Combine(folder, "input.json"), isSaved))
        {
            string here = await OutputsAsync(server, "here", signature, body);
            Assert.Equal(here, await OutputsAsync(server, "apart", signature, body));
            Assert.NotEqual("{}", here);
        }
    }

    // A SavedModel's inputs stand by signature, ONNX has the one.
    private static IEnumerable<(string Signature, string Body)> Calls(string path, bool isSaved)
    {
        JsonObject inputs = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        if (!isSaved)
        {
            return [("", new JsonObject { ["inputs"] = inputs.DeepClone() }.ToJsonString())];
        }

        return [.. inputs.Select(signature => (
            signature.Key, new JsonObject { ["inputs"] = signature.Value!.DeepClone() }.ToJsonString()))];
    }

    private static async Task<string> OutputsAsync(TestServer server, string model, string signature, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await server.Http.PostAsync(
            new Uri($"/v1/tensors/{model}?signature={signature}", UriKind.Relative), content);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{model}: {text}");
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.GetProperty("outputs").GetRawText();
    }
}
