using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Serving.Data.Tensors;
using Serving.Engine.Tensors;
using Serving.Engine.Versions;
using Serving.Models.Tensors;

namespace Serving.Server.Rest.Documents;

/// <summary>The part of the OpenAPI document that is of a model which is served raw.</summary>
internal static class TensorApi
{
    private const int ExamplesMax = 3;

    // A body of a reader's size; larger samples show nothing more.
    private const int ExampleBytesMax = 16 << 10;

    /// <summary>The operation of <c>POST /v1/tensors/{model}</c>; its schemas are added to those of the
    /// document.</summary>
    public static JsonObject Operation(JsonObject schemas, VersionDescription model, TensorModel tensors)
    {
        string call = $"{model.Model}.Call";
        string answer = $"{model.Model}.Outputs";
        schemas[call] = AnyOf(tensors, CallOf);
        schemas[answer] = AnyOf(tensors, AnswerOf);
        string served = string.Create(CultureInfo.InvariantCulture, $"The schemas are of version {model.Version}.");
        JsonObject content = Json(Reference(call));
        if (Examples(model.Calls) is { Count: > 0 } examples)
        {
            content["application/json"]!["examples"] = examples;
        }

        return new JsonObject
        {
            ["operationId"] = $"tensors.{model.Model}",
            ["tags"] = new JsonArray("tensors"),
            ["summary"] = $"Calls {model.Model} with named tensors",
            ["description"] = served,
            ["parameters"] = new JsonArray(
                new JsonObject { ["$ref"] = "#/components/parameters/Version" }, SignatureOf(tensors)),
            ["requestBody"] = new JsonObject { ["required"] = true, ["content"] = content },
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject
                {
                    ["description"] = "Its outputs by name.", ["content"] = Json(Reference(answer)),
                },
                ["default"] = new JsonObject { ["$ref"] = "#/components/responses/Problem" },
            },
        };
    }

    private static JsonObject SignatureOf(TensorModel tensors)
    {
        var schema = new JsonObject
        {
            ["enum"] = new JsonArray([.. tensors.Signatures.Select(one => JsonValue.Create(one.Name))]),
        };
        if (tensors.DefaultSignature >= 0)
        {
            schema["default"] = tensors.Signatures[tensors.DefaultSignature].Name;
        }

        return new JsonObject
        {
            ["name"] = "signature",
            ["in"] = "query",
            ["required"] = tensors.DefaultSignature < 0,
            ["description"] = "Which of the model's signatures is called.",
            ["schema"] = schema,
        };
    }

    private static JsonObject AnyOf(TensorModel tensors, Func<TensorSignature, JsonObject> schemaOf) =>
        tensors.Signatures.Length == 1
            ? schemaOf(tensors.Signatures[0])
            : new JsonObject { ["anyOf"] = new JsonArray([.. tensors.Signatures.Select(schemaOf)]) };

    private static JsonObject CallOf(TensorSignature signature)
    {
        JsonObject inputs = Members(signature.Inputs);
        inputs["required"] = new JsonArray(
            [.. signature.Inputs.Where(input => !input.HasDefault).Select(input => JsonValue.Create(input.Name))]);
        inputs["additionalProperties"] = false;
        return new JsonObject
        {
            ["type"] = "object",
            ["title"] = signature.Name,
            ["properties"] = new JsonObject
            {
                ["inputs"] = inputs,
                ["outputs"] = new JsonObject
                {
                    ["type"] = "array",
                    ["description"] = "Outputs that are wanted; all without it.",
                    ["items"] = new JsonObject
                    {
                        ["enum"] = new JsonArray(
                            [.. signature.Outputs.Select(output => JsonValue.Create(output.Name))]),
                    },
                },
            },
            ["required"] = new JsonArray("inputs"),
        };
    }

    private static JsonObject AnswerOf(TensorSignature signature) => new()
    {
        ["type"] = "object",
        ["title"] = signature.Name,
        ["properties"] = new JsonObject
        {
            ["model"] = new JsonObject { ["type"] = "string" },
            ["version"] = new JsonObject { ["type"] = "integer", ["format"] = "int64" },
            ["outputs"] = Members(signature.Outputs),
        },
        ["required"] = new JsonArray("model", "version", "outputs"),
    };

    private static JsonObject Members(ImmutableArray<TensorSpec> specs)
    {
        var properties = new JsonObject();
        foreach (TensorSpec spec in specs)
        {
            JsonObject schema = spec.Kind == TensorKind.Tensor && spec.Shape is { } shape
                ? Nested(shape.AsSpan(), ElementOf(spec))
                : [];
            schema["description"] = spec.TypeText;
            properties[spec.Name] = schema;
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties };
    }

    private static JsonObject Nested(ReadOnlySpan<long> shape, JsonObject element)
    {
        JsonObject schema = element;
        for (int dimension = shape.Length - 1; dimension >= 0; dimension--)
        {
            schema = new JsonObject { ["type"] = "array", ["items"] = schema };
            if (shape[dimension] >= 0)
            {
                schema["minItems"] = shape[dimension];
                schema["maxItems"] = shape[dimension];
            }
        }

        return schema;
    }

    // In float tensors null is NaN, and two texts are the infinities; an object stands for bytes, or for a tf.Example.
    private static JsonObject ElementOf(TensorSpec spec) => spec.Type switch
    {
        TensorType.Bool => new JsonObject { ["type"] = "boolean" },
        TensorType.Text => new JsonObject { ["type"] = new JsonArray("string", "object") },
        _ when TensorTypes.IsFloat(spec.Type) => new JsonObject
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["type"] = new JsonArray("number", "null") },
                new JsonObject { ["enum"] = new JsonArray("Infinity", "-Infinity") }),
        },
        _ => new JsonObject { ["type"] = "integer" },
    };

    private static JsonObject Examples(ImmutableArray<TensorRequestSample> calls)
    {
        var examples = new JsonObject();
        foreach (TensorRequestSample call in calls.Where(call => call.Request.Length <= ExampleBytesMax))
        {
            if (examples.Count == ExamplesMax)
            {
                break;
            }

            JsonNode value = JsonNode.Parse(call.Request.Span)!;
            value.AsObject().Remove("signature");
            examples[$"sample{examples.Count + 1}"] = new JsonObject
            {
                ["summary"] = $"A call of {call.Signature}.", ["value"] = value,
            };
        }

        return examples;
    }

    private static JsonObject Json(JsonObject schema) =>
        new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

    private static JsonObject Reference(string schema) => new() { ["$ref"] = $"#/components/schemas/{schema}" };
}
