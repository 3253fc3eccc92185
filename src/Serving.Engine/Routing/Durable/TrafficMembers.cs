using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Serving.Engine.Routing.Durable;

/// <summary>Members that a table shown to people and its durable part spell alike.</summary>
internal static class TrafficMembers
{
    private const string TimePattern = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>What a version is published as, as the API and the audit spell it.</summary>
    public static string KindName(PublicationKind kind) => kind switch
    {
        PublicationKind.Canary => "canary",
        PublicationKind.Shadow => "shadow",
        _ => "stable",
    };

    /// <summary>A time in UTC to the millisecond.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString(TimePattern, CultureInfo.InvariantCulture);

    /// <summary>Writes what both begin with: generation, key, shares and labels.</summary>
    public static void WriteHead(Utf8JsonWriter writer, TrafficState state)
    {
        writer.WriteString("model", state.Model);
        writer.WriteNumber("generation", state.Generation);
        writer.WriteString("by", state.By);
        WriteShares(writer, "split", state.Split);
        WriteShares(writer, "shadow", state.Shadow);
        writer.WriteStartObject("labels");
        WriteLabel(writer, RouteLabel.Stable, state.Stable);
        WriteLabel(writer, RouteLabel.Canary, state.Canary);
        WriteLabel(writer, RouteLabel.Previous, state.Previous);
        writer.WriteEndObject();
    }

    /// <summary>Writes a list of shares in percent.</summary>
    public static void WriteSteps(Utf8JsonWriter writer, ImmutableArray<int> steps)
    {
        writer.WriteStartArray("steps");
        foreach (int step in steps)
        {
            writer.WriteNumberValue(SharePercent.Of(step));
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes what was done last, or null.</summary>
    public static void WriteLast(Utf8JsonWriter writer, TrafficAct? last)
    {
        if (last is null)
        {
            writer.WriteNull("last");
            return;
        }

        writer.WriteStartObject("last");
        writer.WriteString("act", last.Act);
        writer.WriteString("at", Time(last.At));
        writer.WriteString("actor", last.Actor);
        WriteLabel(writer, "from", last.From);
        WriteLabel(writer, "to", last.To);
        if (last.Gate is { } gate)
        {
            GateReadingJson.WriteMembers(writer, gate);
        }
        else
        {
            writer.WriteNull("gate");
        }

        writer.WriteString("reason", last.Reason);
        writer.WriteEndObject();
    }

    private static void WriteShares(Utf8JsonWriter writer, string name, ImmutableSortedDictionary<long, int> shares)
    {
        writer.WriteStartObject(name);
        foreach ((long version, int share) in shares)
        {
            writer.WriteNumber(version.ToString(CultureInfo.InvariantCulture), SharePercent.Of(share));
        }

        writer.WriteEndObject();
    }

    private static void WriteLabel(Utf8JsonWriter writer, string name, long version)
    {
        if (version == 0)
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteNumber(name, version);
        }
    }
}
