using System.Buffers;
using System.Text.Json;
using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.Server.Rest;

/// <summary>The body that <c>/v1/tensors</c> takes of a model as JSON Schema (draft 2020-12).</summary>
internal static class TensorJsonSchema
{
    /// <summary>Writes the schema of the default signature's inputs; of any inputs where there is none.</summary>
    public static ReadOnlyMemory<byte> Write(string model, long version, TensorModel tensors)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        JsonSchema.WriteHead(writer, model, version);
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        writer.WriteStartObject("inputs");
        writer.WriteString("type", "object");
        if (tensors.DefaultSignature >= 0)
        {
            WriteInputs(writer, tensors.Signatures[tensors.DefaultSignature]);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartArray("required");
        writer.WriteStringValue("inputs");
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteInputs(Utf8JsonWriter writer, TensorSignature signature)
    {
        writer.WriteStartObject("properties");
        foreach (TensorSpec input in signature.Inputs)
        {
            writer.WriteStartObject(input.Name);
            writer.WriteString("x-type", input.TypeText);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteStartArray("required");
        foreach (TensorSpec input in signature.Inputs.Where(input => !input.HasDefault))
        {
            writer.WriteStringValue(input.Name);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("additionalProperties", false);
    }
}
