using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.EndToEnd.Tests.Fixtures;

namespace Serving.EndToEnd.Tests.Rest;

public sealed class ApiDocumentTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly string[] s_methods = ["get", "post", "put", "delete", "patch"];

    [Fact]
    public async Task Document_EveryOperation_HasWhatOpenApiAsksFor()
    {
        JsonObject document = await ReadAsync();

        Assert.StartsWith("3.1.", document["openapi"]!.GetValue<string>());
        Assert.NotEqual("", document["info"]!["title"]!.GetValue<string>());
        Assert.NotEqual("", document["info"]!["version"]!.GetValue<string>());
        var ids = new HashSet<string>();
        foreach ((string path, JsonNode? item) in document["paths"]!.AsObject())
        {
            Assert.StartsWith("/", path);
            foreach ((string method, JsonNode? operation) in item!.AsObject())
            {
                Assert.Contains(method, s_methods);
                Assert.True(ids.Add(operation!["operationId"]!.GetValue<string>()), path);
                Assert.NotEmpty(operation["responses"]!.AsObject());
                CheckParameters(document, path, operation["parameters"] as JsonArray ?? []);
                CheckResponses(document, operation["responses"]!.AsObject());
            }
        }
    }

    [Fact]
    public async Task Document_EveryReference_Resolves()
    {
        JsonObject document = await ReadAsync();

        string[] references = [.. Nodes(document).OfType<JsonObject>().Where(node => node.ContainsKey("$ref"))
            .Select(node => node["$ref"]!.GetValue<string>())];

        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.NotNull(Resolve(document, reference)));
    }

    [Fact]
    public async Task Document_ModelsAndPaths_AreThoseOfTheServer()
    {
        JsonObject document = await ReadAsync();
        JsonObject paths = document["paths"]!.AsObject();

        foreach (string path in (string[])
            ["/", "/livez", "/healthz", "/readyz", "/metrics", "/v1/models", "/v1/models/{model}/schema",
             "/v1/models/{model}/drift", "/v1/score/{model}", "/v1/events/{set}/{event}", "/v1/score/pay",
             "/v1/score/multi"])
        {
            Assert.True(paths.ContainsKey(path), path);
        }

        JsonNode published = JsonNode.Parse(
            await server.Http.GetStringAsync(new Uri("/v1/models/pay/schema", UriKind.Relative)))!;
        JsonNode row = document["components"]!["schemas"]!["pay.Row"]!;
        Assert.True(JsonNode.DeepEquals(published["properties"], row["properties"]));
        Assert.True(JsonNode.DeepEquals(published["required"], row["required"]));
    }

    [Theory]
    [InlineData("pay")]
    [InlineData("multi")]
    public async Task Document_EveryExample_ScoresAndTheAnswerHasItsSchema(string model)
    {
        JsonObject document = await ReadAsync();
        JsonNode operation = document["paths"]![$"/v1/score/{model}"]!["post"]!;
        JsonObject examples = operation["requestBody"]!["content"]!["application/json"]!["examples"]!.AsObject();
        Assert.Equal(["one", "several"], examples.Select(example => example.Key));
        foreach ((string _, JsonNode? example) in examples)
        {
            using var body = new StringContent(example!["value"]!.ToJsonString(), Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await server.Http.PostAsync(
                new Uri($"/v1/score/{model}?features=true", UriKind.Relative), body);
            string text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
            JsonNode scored = JsonNode.Parse(text)!;
            JsonNode first = scored is JsonArray several ? several[0]! : scored;
            CheckAnswer(document, model, first.AsObject());
        }
    }

    [Fact]
    public async Task Document_Problem_HasTheMembersOfAnError()
    {
        JsonObject document = await ReadAsync();
        using var body = new StringContent("""{"nobody":1}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await server.Http.PostAsync(
            new Uri("/v1/score/pay", UriKind.Relative), body);
        JsonObject problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        JsonNode schema = document["components"]!["schemas"]!["Problem"]!;

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.All(problem, member => Assert.True(schema["properties"]!.AsObject().ContainsKey(member.Key)));
        Assert.All(
            schema["required"]!.AsArray(), name => Assert.True(problem.ContainsKey(name!.GetValue<string>())));
    }

    private static void CheckParameters(JsonObject document, string path, JsonArray parameters)
    {
        string[] inPath = [.. path.Split('/').Where(part => part.StartsWith('{')).Select(part => part[1..^1])];
        string?[] given = [.. parameters.Select(parameter => Resolve(document, parameter!))
            .Where(parameter => parameter["in"]!.GetValue<string>() == "path")
            .Select(parameter => parameter["name"]!.GetValue<string>())];
        Assert.Equal(inPath, given);
        Assert.All(parameters, parameter => Assert.NotNull(Resolve(document, parameter!)["schema"]));
    }

    private static void CheckResponses(JsonObject document, JsonObject responses)
    {
        foreach ((string status, JsonNode? response) in responses)
        {
            Assert.Matches("^([1-5][0-9][0-9]|default)$", status);
            JsonNode resolved = Resolve(document, response!);
            Assert.NotEqual("", resolved["description"]!.GetValue<string>());
            Assert.All(resolved["content"]!.AsObject(), content => Assert.NotNull(content.Value!["schema"]));
        }
    }

    private static void CheckAnswer(JsonObject document, string model, JsonObject answer)
    {
        JsonNode own = document["components"]!["schemas"]![$"{model}.Score"]!;
        JsonNode all = document["components"]!["schemas"]!["Score"]!;
        Assert.All(all["required"]!.AsArray(), name => Assert.True(answer.ContainsKey(name!.GetValue<string>())));
        JsonObject properties = own["properties"]!.AsObject();
        Assert.All(answer, member => Assert.True(
            properties.ContainsKey(member.Key) || all["properties"]!.AsObject().ContainsKey(member.Key), member.Key));
        Assert.Equal(
            properties["features"]!["properties"]!.AsObject().Select(member => member.Key),
            answer["features"]!.AsObject().Select(member => member.Key));
    }

    private static JsonNode Resolve(JsonObject document, JsonNode node) =>
        node["$ref"] is { } reference ? Resolve(document, reference.GetValue<string>())! : node;

    private static JsonNode? Resolve(JsonObject document, string reference)
    {
        Assert.StartsWith("#/", reference);
        JsonNode? node = document;
        foreach (string part in reference[2..].Split('/'))
        {
            node = node?[part];
        }

        return node;
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Nodes(member.Value)).Prepend(members),
        JsonArray items => items.SelectMany(Nodes),
        null => [],
        _ => [node],
    };

    private async Task<JsonObject> ReadAsync()
    {
        string text = await server.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!
            .AsObject();
    }
}
