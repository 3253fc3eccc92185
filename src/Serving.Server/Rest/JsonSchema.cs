using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Serving.Data;

namespace Serving.Server.Rest;

/// <summary>
/// The fields of a model's requests as JSON Schema (draft 2020-12), with the schema's hash beside it.
/// </summary>
internal static class JsonSchema
{
    /// <summary>Writes the schema of one row.</summary>
    public static ReadOnlyMemory<byte> Write(string model, long version, RowSchema schema)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        WriteHead(writer, model, version);
        writer.WriteNumber("x-schema-hash", schema.Hash);
        WriteFields(writer, schema);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Writes what every schema of a version begins with.</summary>
    public static void WriteHead(Utf8JsonWriter writer, string model, long version)
    {
        writer.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
        writer.WriteString("title", string.Create(CultureInfo.InvariantCulture, $"{model} version {version}"));
        writer.WriteString("x-model", model);
        writer.WriteNumber("x-version", version);
    }

    /// <summary>Writes the members of an object's schema that tell its fields.</summary>
    public static void WriteFields(Utf8JsonWriter writer, RowSchema schema)
    {
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        foreach (Field field in schema.Fields)
        {
            writer.WriteStartObject(field.Name);
            writer.WriteString("x-type", field.Type.ToString());
            WriteType(writer, field.Type);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteStartArray("required");
        foreach (Field field in schema.Fields.Where(field => !field.Type.Optional))
        {
            writer.WriteStringValue(field.Name);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("additionalProperties", value: false);
    }

    private static void WriteType(Utf8JsonWriter writer, FieldType type)
    {
        string[] names = type.Kind switch
        {
            ValueKind.Bool => ["boolean"],
            ValueKind.Int => ["integer"],
            ValueKind.Float => ["number"],
            ValueKind.Decimal => ["number", "string"],
            ValueKind.Time => ["integer", "string"],
            ValueKind.List => ["array"],
            _ => ["string"],
        };
        writer.WriteStartArray("type");
        foreach (string name in names)
        {
            writer.WriteStringValue(name);
        }

        if (type.Optional)
        {
            writer.WriteStringValue("null");
        }

        writer.WriteEndArray();
        WriteBounds(writer, type);
    }

    private static void WriteBounds(Utf8JsonWriter writer, FieldType type)
    {
        switch (type.Kind)
        {
            case ValueKind.Int:
                writer.WriteNumber("minimum", long.MinValue);
                writer.WriteNumber("maximum", long.MaxValue);
                break;
            case ValueKind.Decimal when type.Scale > 0:
                writer.WriteString("pattern", $"^-?[0-9]+(\\.[0-9]{{1,{type.Scale}}})?$");
                break;
            case ValueKind.Decimal:
                writer.WriteString("pattern", "^-?[0-9]+$");
                break;
            case ValueKind.Time:
                writer.WriteString("format", "date-time");
                break;
            case ValueKind.List:
                writer.WriteNumber("maxItems", type.ListMaximum);
                writer.WriteStartObject("items");
                WriteType(writer, type.Element);
                writer.WriteEndObject();
                break;
            default:
                break;
        }
    }
}
