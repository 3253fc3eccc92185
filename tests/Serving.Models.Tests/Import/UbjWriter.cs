using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Serving.Models.Tests.Import;

/// <summary>
/// Writes JSON as UBJSON the way XGBoost does: typed and counted arrays of numbers, lengths in 64 bits.
/// </summary>
internal static class UbjWriter
{
    public static byte[] Write(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        List<byte> bytes = [];
        Append(bytes, document.RootElement);
        return [.. bytes];
    }

    private static void Append(List<byte> bytes, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                bytes.Add((byte)'{');
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    AppendText(bytes, member.Name);
                    Append(bytes, member.Value);
                }

                bytes.Add((byte)'}');
                break;
            case JsonValueKind.Array:
                AppendArray(bytes, value);
                break;
            case JsonValueKind.String:
                bytes.Add((byte)'S');
                AppendText(bytes, value.GetString()!);
                break;
            default:
                bytes.Add((byte)'i');
                bytes.Add((byte)value.GetSByte());
                break;
        }
    }

    private static void AppendArray(List<byte> bytes, JsonElement array)
    {
        int count = array.GetArrayLength();
        bool isNumbers = count > 0 && array[0].ValueKind == JsonValueKind.Number;
        bytes.AddRange(isNumbers ? "[$d#"u8 : "[#"u8);
        AppendLength(bytes, count);
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (isNumbers)
            {
                byte[] number = new byte[4];
                BinaryPrimitives.WriteSingleBigEndian(number, item.GetSingle());
                bytes.AddRange(number);
            }
            else
            {
                Append(bytes, item);
            }
        }
    }

    private static void AppendText(List<byte> bytes, string text)
    {
        byte[] contents = Encoding.UTF8.GetBytes(text);
        AppendLength(bytes, contents.Length);
        bytes.AddRange(contents);
    }

    private static void AppendLength(List<byte> bytes, long length)
    {
        byte[] number = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, length);
        bytes.Add((byte)'L');
        bytes.AddRange(number);
    }
}
