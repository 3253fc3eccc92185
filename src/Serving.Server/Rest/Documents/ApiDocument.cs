using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Engine;
using Serving.Engine.Ingest;
using Serving.Engine.Versions;

namespace Serving.Server.Rest.Documents;

/// <summary>
/// The OpenAPI 3.1 document of what is served at present: beside the paths of every server one path for each Ready
/// model with the schemas of its request and its answer and with its bundle's samples as examples, and one for each
/// event. Made anew for each call, since models come and go. Safe for use by several threads.
/// </summary>
internal sealed class ApiDocument
{
    // As many samples as a reader looks at.
    private const int ExamplesMax = 3;

    private readonly InferenceEngine _engine;

    /// <summary>Makes the documents of an engine's models.</summary>
    public ApiDocument(InferenceEngine engine) => _engine = engine;

    /// <summary>The document at present.</summary>
    public byte[] Write()
    {
        string version = typeof(ApiDocument).Assembly.GetName().Version!.ToString(3);
        JsonObject document = ApiTemplate.Create(version);
        JsonObject paths = document["paths"]!.AsObject();
        JsonObject schemas = document["components"]!["schemas"]!.AsObject();
        foreach (string model in _engine.ReadyModels)
        {
            switch (_engine.Describe(model, 0))
            {
                case { Tensors: { } tensors } raw:
                    paths[$"/v1/tensors/{model}"] = Post(TensorApi.Operation(schemas, raw, tensors));
                    break;
                case { } described:
                    AddModel(paths, schemas, described);
                    break;
                default:
                    break;
            }
        }

        foreach (EventDescription found in _engine.Events)
        {
            AddEvent(paths, schemas, found);
        }

        return JsonSerializer.SerializeToUtf8Bytes(document);
    }

    private static void AddModel(JsonObject paths, JsonObject schemas, VersionDescription model)
    {
        schemas[$"{model.Model}.Row"] = Fields(model.Request);
        schemas[$"{model.Model}.Score"] = ScoreOf(model);
        string title = string.Create(CultureInfo.InvariantCulture, $"Scores rows with {model.Model}");
        string served = string.Create(CultureInfo.InvariantCulture, $"The schemas are of version {model.Version}.");
        paths[$"/v1/score/{model.Model}"] = Post(new JsonObject
        {
            ["operationId"] = $"score.{model.Model}",
            ["tags"] = new JsonArray("scoring"),
            ["summary"] = title,
            ["description"] = served,
            ["parameters"] = new JsonArray(
                Reference("parameters", "Version"),
                Reference("parameters", "Label"),
                Reference("parameters", "Features"),
                Reference("parameters", "Language"),
                Reference("parameters", "ScoreOnly")),
            ["requestBody"] = Body($"{model.Model}.Row", Examples(model)),
            ["responses"] = Responses(new JsonObject
            {
                ["description"] = "One answer, or an array in the same order.",
                ["content"] = Json(OneOrMany($"{model.Model}.Score")),
            }),
        });
    }

    private static void AddEvent(JsonObject paths, JsonObject schemas, EventDescription found)
    {
        string name = $"{found.Set}.{found.Fields.Name}";
        schemas[$"{name}.Event"] = Fields(found.Fields);
        paths[$"/v1/events/{found.Set}/{found.Fields.Name}"] = Post(new JsonObject
        {
            ["operationId"] = $"ingest.{name}",
            ["tags"] = new JsonArray("events"),
            ["summary"] = $"Takes events '{found.Fields.Name}' of the set {found.Set}",
            ["requestBody"] = Body($"{name}.Event", null),
            ["responses"] = Responses(Reference("responses", "Ingested")),
        });
    }

    private static JsonObject ScoreOf(VersionDescription model)
    {
        var properties = new JsonObject
        {
            ["model"] = new JsonObject { ["const"] = model.Model },
            ["features"] = Fields(AllOptional(model.Features)),
        };
        if (model.OutputCount > 1)
        {
            properties["scores"] = Numbers(model.ScoreCount);
            properties["raw_scores"] = Numbers(model.OutputCount);
        }

        return new JsonObject
        {
            ["allOf"] = new JsonArray(Reference("schemas", "Score")),
            ["type"] = "object",
            ["properties"] = properties,
        };
    }

    private static JsonObject Numbers(int count) => new()
    {
        ["type"] = "array",
        ["items"] = new JsonObject { ["type"] = "number" },
        ["minItems"] = count,
        ["maxItems"] = count,
    };

    private static RowSchema AllOptional(RowSchema schema) => new(
        schema.Name, [.. schema.Fields.Select(field => field with { Type = field.Type.AsOptional() })]);

    private static JsonObject? Examples(VersionDescription model)
    {
        if (model.Samples is not { RowCount: > 0 } samples)
        {
            return null;
        }

        JsonNode?[] rows = [.. Enumerable.Range(0, Math.Min(ExamplesMax, samples.RowCount))
            .Select(row => Row(samples, row, model.Request))];
        return new JsonObject
        {
            ["one"] = new JsonObject { ["summary"] = "One row.", ["value"] = rows[0]!.DeepClone() },
            ["several"] = new JsonObject { ["summary"] = "Several rows.", ["value"] = new JsonArray(rows) },
        };
    }

    private static JsonNode Row(RowBatch rows, int row, RowSchema published)
    {
        var cell = new Utf8Buffer();
        return Parsed(writer =>
        {
            for (int column = 0; column < rows.FieldCount; column++)
            {
                if (rows.IsPresent(row, column) && published.IndexOf(rows.Schema.Fields[column].Name) >= 0)
                {
                    writer.WritePropertyName(rows.Schema.Utf8Name(column));
                    JsonCells.Write(writer, cell, rows, row, column);
                }
            }
        });
    }

    private static JsonNode Fields(RowSchema schema) => Parsed(writer => JsonSchema.WriteFields(writer, schema));

    private static JsonNode Parsed(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return JsonNode.Parse(buffer.WrittenSpan)!;
    }

    private static JsonObject Post(JsonObject operation) => new() { ["post"] = operation };

    private static JsonObject Body(string schema, JsonObject? examples)
    {
        JsonObject content = Json(OneOrMany(schema));
        if (examples is not null)
        {
            content["application/json"]!["examples"] = examples;
        }

        return new JsonObject { ["required"] = true, ["content"] = content };
    }

    private static JsonObject Json(JsonObject schema) =>
        new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

    private static JsonObject OneOrMany(string schema) => new()
    {
        ["anyOf"] = new JsonArray(
            Reference("schemas", schema),
            new JsonObject { ["type"] = "array", ["items"] = Reference("schemas", schema), ["minItems"] = 1 }),
    };

    private static JsonObject Responses(JsonObject good) =>
        new() { ["200"] = good, ["default"] = Reference("responses", "Problem") };

    private static JsonObject Reference(string kind, string name) => new() { ["$ref"] = $"#/components/{kind}/{name}" };
}
