using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serving.Data;
using Serving.Engine.Routing.Durable;
using Serving.Engine.Versions;
using Serving.Server.Hosting;

namespace Serving.Server.Rest;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{model}/schema</c>. Safe for use by several threads.</summary>
internal sealed class ModelEndpoints
{
    private readonly ModelCatalog _catalog;

    /// <summary>Makes the endpoints.</summary>
    public ModelEndpoints(ModelCatalog catalog) => _catalog = catalog;

    /// <summary>Lists models and the states of their versions.</summary>
    public Task ListAsync(HttpContext context)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("models");
            foreach (string model in _catalog.ReadyModels)
            {
                writer.WriteStringValue(model);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("details");
            foreach (VersionStatus status in _catalog.Versions)
            {
                writer.WriteStartObject();
                writer.WriteString("model", status.Model);
                writer.WriteNumber("version", status.Version);
                writer.WriteString("state", status.State.ToString());
                writer.WriteString("reason", status.Reason);
                TensorStatusJson.WriteMembers(writer, status.Tensors);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return SendAsync(context, buffer.WrittenMemory);
    }

    /// <summary>The JSON Schema of a version's rows.</summary>
    public Task SchemaAsync(HttpContext context, string model)
    {
        string version = context.Request.Query["version"].ToString();
        long number = 0;
        bool isGood = version.Length == 0
            || long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        if (!ModelName.IsValid(model) || !isGood)
        {
            return Problem.WriteAsync(
                context, ErrorCode.InvalidArgument,
                    "found a model name or version that is none, expected those of /v1/models");
        }

        if (_catalog.TensorsOf(model, number, out long served) is { } tensors)
        {
            return SendAsync(context, TensorJsonSchema.Write(model, served, tensors), "application/schema+json");
        }

        RowSchema? schema = _catalog.PublishedOf(model, number, out long actual, out ErrorCode code);
        return schema is null
            ? Problem.WriteAsync(context, code, _catalog.Explain(model, number))
            : SendAsync(context, JsonSchema.Write(model, actual, schema), "application/schema+json");
    }

    private static async Task SendAsync(
        HttpContext context, ReadOnlyMemory<byte> body, string type = "application/json")
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
