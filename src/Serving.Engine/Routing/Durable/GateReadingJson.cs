using System.Text.Json;
using Serving.Data.Time;
using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Routing.Durable;

/// <summary>What a gate read, as members of an object.</summary>
internal static class GateReadingJson
{
    /// <summary>Writes the members.</summary>
    public static void WriteMembers(Utf8JsonWriter writer, GateReading reading)
    {
        writer.WriteString("gate", reading.Gate);
        writer.WriteNumber("value", reading.Value);
        writer.WriteNumber("limit", reading.Limit);
        writer.WriteNumber("samples", reading.Samples);
        writer.WriteNumber("needed", reading.Needed);
        writer.WriteString("window", DurationText.Of(reading.Window));
        writer.WriteString("state", reading.State switch
        {
            GateState.Ok => "ok",
            GateState.Broken => "broken",
            _ => "waiting",
        });
        if (reading.Subject.Length > 0)
        {
            writer.WriteString("feature", reading.Subject);
        }
    }

    /// <summary>Reads the members; null where <c>gate</c> is null.</summary>
    public static GateReading? Read(JsonElement owner) => owner.GetProperty("gate").GetString() is { } gate
        ? new GateReading(
            gate,
            owner.GetProperty("value").GetDouble(),
            owner.GetProperty("limit").GetDouble(),
            owner.GetProperty("samples").GetInt64(),
            owner.GetProperty("needed").GetInt64(),
            GateOptionsJson.Duration(owner.GetProperty("window")),
            owner.GetProperty("state").GetString() switch
            {
                "ok" => GateState.Ok,
                "broken" => GateState.Broken,
                _ => GateState.Waiting,
            },
            owner.TryGetProperty("feature", out JsonElement feature) ? feature.GetString()! : "")
        : null;
}
