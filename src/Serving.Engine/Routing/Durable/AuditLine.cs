using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Serving.Engine.Routing.Durable;

/// <summary>
/// One line of <c>audit.jsonl</c>: <c>{"seq", "at", "actor", "action", "model", "request", "table", "result", "prev",
/// "hash"}</c>, where <c>hash</c> is the SHA-256 in hex of the line up to <c>,"hash"</c> and <c>prev</c> that of the
/// line before, so that no line can be changed, put in or taken out unseen.
/// </summary>
internal static class AuditLine
{
    /// <summary>Stands for the line before the first.</summary>
    public static readonly string FirstPrevious = new('0', 64);

    /// <summary>Longest line that is read: a table of some thousand versions.</summary>
    public const int BytesMax = 1 << 20;

    private static ReadOnlySpan<byte> HashMember => ",\"hash\":\""u8;

    // Other escapes would be right too; these keep texts readable.
    private static readonly JsonWriterOptions s_options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A line with its newline, and its hash.</summary>
    public static (byte[] Bytes, string Hash) Compose(long seq, string previous, ControlLine line)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("seq", seq);
            writer.WriteString("at", TrafficMembers.Time(line.At));
            writer.WriteString("actor", line.Actor);
            writer.WriteString("action", line.Action);
            writer.WriteString("model", line.Model);
            writer.WriteString("request", line.Request);
            writer.WritePropertyName("table");
            if (line.Table is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                TrafficStateJson.Write(writer, line.Table);
            }

            writer.WriteString("result", line.Result);
            writer.WriteString("prev", previous);
            writer.WriteEndObject();
        }

        ReadOnlySpan<byte> hashed = buffer.WrittenSpan[..^1];
        string hash = HashOf(hashed);
        return ([.. hashed, .. HashMember, .. Encoding.ASCII.GetBytes(hash), .. "\"}\n"u8], hash);
    }

    /// <summary>Reads a line without its newline; null where it is none.</summary>
    public static AuditEntry? Read(ReadOnlyMemory<byte> line)
    {
        int end = line.Span.LastIndexOf(HashMember);
        if (end < 0)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            JsonElement table = root.GetProperty("table");
            return new AuditEntry(
                root.GetProperty("seq").GetInt64(),
                root.GetProperty("prev").GetString() ?? "",
                root.GetProperty("hash").GetString() ?? "",
                HashOf(line.Span[..end]),
                table.ValueKind == JsonValueKind.Null ? null : TrafficStateJson.Read(table));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException
            or KeyNotFoundException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
