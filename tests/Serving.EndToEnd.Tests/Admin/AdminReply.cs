using System.Text.Json;

namespace Serving.EndToEnd.Tests.Admin;

/// <summary>An answer of the admin API.</summary>
internal sealed record AdminReply(int Status, string Text, string? Tag, long Offset)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string Code => Json.GetProperty("code").GetString()!;
}
