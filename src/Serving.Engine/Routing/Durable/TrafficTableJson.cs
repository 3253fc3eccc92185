using System.Text.Json;
using Serving.Data.Time;
using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Routing.Durable;

/// <summary>A model's table as people and programs see it: what was decided, its versions, what gates read.</summary>
public static class TrafficTableJson
{
    /// <summary>Writes a table as an object.</summary>
    public static void Write(Utf8JsonWriter writer, ModelTraffic traffic)
    {
        TrafficState state = traffic.State;
        writer.WriteStartObject();
        TrafficMembers.WriteHead(writer, state);
        WriteCanary(writer, traffic);
        WriteGuard(writer, traffic);
        WritePending(writer, state.Pending);
        writer.WriteStartArray("versions");
        foreach (VersionTraffic version in traffic.Versions)
        {
            WriteVersion(writer, version);
        }

        writer.WriteEndArray();
        TrafficMembers.WriteLast(writer, state.Last);
        writer.WriteEndObject();
    }

    private static void WriteCanary(Utf8JsonWriter writer, ModelTraffic traffic)
    {
        if (traffic.State.Plan is not { } plan)
        {
            writer.WriteNull("canary");
            return;
        }

        writer.WriteStartObject("canary");
        writer.WriteNumber("version", plan.Version);
        TrafficMembers.WriteSteps(writer, plan.Steps);
        writer.WriteNumber("step", plan.Step);
        writer.WriteString("hold", DurationText.Of(plan.Hold));
        writer.WriteBoolean("held", plan.IsHeld);
        writer.WriteString("since", TrafficMembers.Time(plan.Since));
        WriteGates(writer, traffic);
        writer.WriteEndObject();
    }

    // A stable version that is still judged is shown as a canary is, beside it.
    private static void WriteGuard(Utf8JsonWriter writer, ModelTraffic traffic)
    {
        if (traffic.State.Guard is not { } guard)
        {
            writer.WriteNull("guard");
            return;
        }

        writer.WriteStartObject("guard");
        writer.WriteNumber("version", guard.Version);
        writer.WriteNumber("against", guard.Against);
        writer.WriteString("since", TrafficMembers.Time(guard.Since));
        writer.WriteString("until", TrafficMembers.Time(guard.Until));
        WriteGates(writer, traffic);
        writer.WriteEndObject();
    }

    private static void WriteGates(Utf8JsonWriter writer, ModelTraffic traffic)
    {
        writer.WriteStartArray("gates");
        foreach (GateReading reading in traffic.Gates)
        {
            writer.WriteStartObject();
            GateReadingJson.WriteMembers(writer, reading);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WritePending(Utf8JsonWriter writer, Publication? pending)
    {
        if (pending is null)
        {
            writer.WriteNull("pending");
            return;
        }

        writer.WriteStartObject("pending");
        writer.WriteNumber("version", pending.Version);
        writer.WriteString("as", TrafficMembers.KindName(pending.As));
        writer.WriteEndObject();
    }

    private static void WriteVersion(Utf8JsonWriter writer, VersionTraffic version)
    {
        writer.WriteStartObject();
        writer.WriteNumber("version", version.Status.Version);
        writer.WriteString("state", version.Status.State.ToString());
        writer.WriteString("reason", version.Status.Reason);
        writer.WriteString("since", TrafficMembers.Time(version.Status.Since));
        writer.WriteNumber("memory_bytes", version.Status.MemoryBytes);
        TensorStatusJson.WriteMembers(writer, version.Status.Tensors);
        writer.WriteNumber("rate", Math.Round(version.Rate, 3));
        writer.WriteNumber("requests", version.Requests);
        writer.WriteNumber("errors", version.Errors);
        writer.WriteNumber("degraded", version.Degraded);
        writer.WriteNumber("p50_ms", Math.Round(version.P50Ms, 4));
        writer.WriteNumber("p99_ms", Math.Round(version.P99Ms, 4));
        writer.WriteStartArray("scores");
        foreach (long count in version.Scores)
        {
            writer.WriteNumberValue(count);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
