using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Engine.Versions;
using Serving.Server.Hosting;
using Serving.Testing.Tensors;

namespace Serving.EndToEnd.Tests.Tensors;

/// <summary>What the server says of raw models to clients, and to itself before it is ready.</summary>
public sealed class TensorApiTests : IAsyncLifetime
{
    private const string Toy =
        """
        signature serving_default
        input x f32 ?,2
        input text string ? default
        output y f32 ?,2 = scale x 2
        signature texts
        input t string ?
        output u string ? = copy t
        """;

    private readonly ToyFactory _toys = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = TensorServer.Create(
            "", [_toys], options => options with { WarmUp = TimeSpan.FromMilliseconds(300) });
        TensorServer.PublishToy(_server.Folder, "toy", Toy, _toys);
        await _server.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Document_OfARawModel_HasItsCallAndExamplesThatAreAnswered()
    {
        JsonNode document = JsonNode.Parse(
            await _server.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!;
        JsonObject paths = document["paths"]!.AsObject();
        Assert.False(paths.ContainsKey("/v1/score/toy"));
        JsonNode operation = paths["/v1/tensors/toy"]!["post"]!;
        JsonNode schemas = document["components"]!["schemas"]!;
        JsonNode call = schemas["toy.Call"]!["anyOf"]![0]!["properties"]!["inputs"]!;
        Assert.Equal("""["x"]""", call["required"]!.ToJsonString());
        JsonNode x = call["properties"]!["x"]!;
        Assert.Equal("f32[?,2]", x["description"]!.GetValue<string>());
        Assert.Equal(2, x["items"]!["minItems"]!.GetValue<int>());
        Assert.NotNull(schemas["toy.Outputs"]!["anyOf"]![1]!["properties"]!["outputs"]!["properties"]!["u"]);
        JsonObject examples = operation["requestBody"]!["content"]!["application/json"]!["examples"]!.AsObject();
        Assert.NotEmpty(examples);
        foreach (JsonNode? example in examples.Select(example => example.Value))
        {
            string signature = example!["summary"]!.GetValue<string>().Split(' ')[^1].TrimEnd('.');
            using var body = new StringContent(example["value"]!.ToJsonString(), Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await _server.Http.PostAsync(
                new Uri($"/v1/tensors/toy?signature={signature}", UriKind.Relative), body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task WarmUp_OfARawModel_CallsBothWiresAndCountsNothing()
    {
        Assert.Equal(0, await CountAsync());
        VersionDescription described = _server.Host.Engine.Describe("toy", 1)!;
        var load = new TensorLoad("toy", 1, described.Tensors!, described.Calls);
        long calls = 0;
        while (calls < 2 * described.Calls.Length)
        {
            calls += await load.RoundAsync(
                _server.Client, _server.Http, 0, Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 10));
        }

        Assert.Equal(calls, await CountAsync());
    }

    private Task<double> CountAsync() =>
        Metric.ReadAsync(_server, """serving_requests_total{code="OK",model="toy",version="1"}""");
}
