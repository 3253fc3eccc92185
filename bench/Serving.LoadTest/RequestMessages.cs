using System.Text.Json;
using Google.Protobuf;

namespace Serving.LoadTest;

/// <summary>
/// Encodes requests once, before the run. By hand from the field numbers of the contract, so that the client needs no
/// generated class and cannot share a fault with the server's.
/// </summary>
internal static class RequestMessages
{
    /// <summary>ScoreRequest { model = 1, row = 3 { fields = 1: map name -> Value } }.</summary>
    public static byte[] Score(string model, JsonElement row)
    {
        byte[] fields = Write(output =>
        {
            IEnumerable<JsonProperty> present =
                row.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null);
            foreach (JsonProperty field in present)
            {
                WriteBytes(output, 1, Write(entry =>
                {
                    WriteBytes(entry, 1, System.Text.Encoding.UTF8.GetBytes(field.Name));
                    WriteBytes(entry, 2, Value(field.Value));
                }));
            }
        });
        return Write(output =>
        {
            WriteBytes(output, 1, System.Text.Encoding.UTF8.GetBytes(model));
            WriteBytes(output, 3, fields);
        });
    }

    /// <summary>SimpleRequest { response_size = 2, payload = 3 { body = 2 } } of the gRPC interop tests.</summary>
    public static byte[] Simple(int size) => Write(output =>
    {
        output.WriteTag(2, WireFormat.WireType.Varint);
        output.WriteInt32(size);
        WriteBytes(output, 3, Write(payload => WriteBytes(payload, 2, new byte[size])));
    });

    /// <summary>Value { bool = 1, int64 = 2, double = 3, string = 4, list = 5 { items = 1 } }.</summary>
    private static byte[] Value(JsonElement value) => Write(output =>
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                output.WriteTag(1, WireFormat.WireType.Varint);
                output.WriteBool(value.GetBoolean());
                break;
            case JsonValueKind.Number when value.TryGetInt64(out long number):
                output.WriteTag(2, WireFormat.WireType.Varint);
                output.WriteInt64(number);
                break;
            case JsonValueKind.Number:
                output.WriteTag(3, WireFormat.WireType.Fixed64);
                output.WriteDouble(value.GetDouble());
                break;
            case JsonValueKind.String:
                WriteBytes(output, 4, System.Text.Encoding.UTF8.GetBytes(value.GetString()!));
                break;
            case JsonValueKind.Array:
                WriteBytes(output, 5, Write(list =>
                {
                    foreach (JsonElement item in value.EnumerateArray())
                    {
                        WriteBytes(list, 1, Value(item));
                    }
                }));
                break;
            default:
                throw new FormatException($"A value is a number, text, true, false, null or a list, not {value}.");
        }
    });

    private static byte[] Write(Action<CodedOutputStream> write)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
        {
            write(output);
        }

        return stream.ToArray();
    }

    private static void WriteBytes(CodedOutputStream output, int field, byte[] bytes)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes));
    }
}
