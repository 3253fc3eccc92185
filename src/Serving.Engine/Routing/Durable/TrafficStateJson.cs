using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Serving.Data.Time;

namespace Serving.Engine.Routing.Durable;

/// <summary>The durable part of a model's table as JSON, members named as in the table that people see.</summary>
internal static class TrafficStateJson
{
    /// <summary>Writes a state as an object.</summary>
    public static void Write(Utf8JsonWriter writer, TrafficState state)
    {
        writer.WriteStartObject();
        TrafficMembers.WriteHead(writer, state);
        writer.WriteString("previous_until", TrafficMembers.Time(state.PreviousUntil));
        WritePlan(writer, state.Plan);
        WriteGuard(writer, state.Guard);
        WritePending(writer, state.Pending);
        WriteNumbers(writer, "dropped", state.Dropped);
        WriteNumbers(writer, "loaded", state.Loaded);
        TrafficMembers.WriteLast(writer, state.Last);
        writer.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="Exception">
    /// It is none: KeyNotFoundException, InvalidOperationException, FormatException or OverflowException.
    /// </exception>
    public static TrafficState Read(JsonElement table)
    {
        JsonElement labels = table.GetProperty("labels");
        return new TrafficState
        {
            Model = table.GetProperty("model").GetString()!,
            Generation = table.GetProperty("generation").GetInt64(),
            By = table.GetProperty("by").GetString(),
            Split = Shares(table.GetProperty("split")),
            Shadow = Shares(table.GetProperty("shadow")),
            Stable = Number(labels.GetProperty(RouteLabel.Stable)),
            Canary = Number(labels.GetProperty(RouteLabel.Canary)),
            Previous = Number(labels.GetProperty(RouteLabel.Previous)),
            PreviousUntil = Time(table.GetProperty("previous_until")),
            Plan = Plan(table.GetProperty("canary")),
            Guard = Guard(table.GetProperty("guard")),
            Pending = Pending(table.GetProperty("pending")),
            Dropped = Numbers(table.GetProperty("dropped")),
            Loaded = Numbers(table.GetProperty("loaded")),
            Last = Last(table.GetProperty("last")),
        };
    }

    private static void WritePlan(Utf8JsonWriter writer, CanaryPlan? plan)
    {
        if (plan is null)
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
        GateOptionsJson.Write(writer, "judged", plan.Gates);
        writer.WriteEndObject();
    }

    private static void WriteGuard(Utf8JsonWriter writer, TrafficGuard? guard)
    {
        if (guard is null)
        {
            writer.WriteNull("guard");
            return;
        }

        writer.WriteStartObject("guard");
        writer.WriteNumber("version", guard.Version);
        writer.WriteNumber("against", guard.Against);
        writer.WriteString("since", TrafficMembers.Time(guard.Since));
        writer.WriteString("until", TrafficMembers.Time(guard.Until));
        GateOptionsJson.Write(writer, "judged", guard.Gates);
        writer.WriteEndObject();
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
        if (pending.Share is { } share)
        {
            writer.WriteNumber("share", SharePercent.Of(share));
        }
        else
        {
            writer.WriteNull("share");
        }

        TrafficMembers.WriteSteps(writer, pending.Steps);
        writer.WriteString("hold", DurationText.Of(pending.Hold));
        GateOptionsJson.Write(writer, "judged", pending.Gates);
        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, ImmutableSortedSet<long> numbers)
    {
        writer.WriteStartArray(name);
        foreach (long number in numbers)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }

    private static CanaryPlan? Plan(JsonElement plan) => plan.ValueKind == JsonValueKind.Null
        ? null
        : new CanaryPlan(
            plan.GetProperty("version").GetInt64(),
            Steps(plan),
            plan.GetProperty("step").GetInt32(),
            GateOptionsJson.Duration(plan.GetProperty("hold")),
            plan.GetProperty("held").GetBoolean(),
            Time(plan.GetProperty("since")),
            GateOptionsJson.Read(plan.GetProperty("judged")));

    private static TrafficGuard? Guard(JsonElement guard) => guard.ValueKind == JsonValueKind.Null
        ? null
        : new TrafficGuard(
            guard.GetProperty("version").GetInt64(),
            guard.GetProperty("against").GetInt64(),
            Time(guard.GetProperty("since")),
            Time(guard.GetProperty("until")),
            GateOptionsJson.Read(guard.GetProperty("judged")));

    private static Publication? Pending(JsonElement pending) => pending.ValueKind == JsonValueKind.Null
        ? null
        : new Publication(
            pending.GetProperty("version").GetInt64(),
            pending.GetProperty("as").GetString() switch
            {
                "canary" => PublicationKind.Canary,
                "shadow" => PublicationKind.Shadow,
                _ => PublicationKind.Stable,
            },
            pending.GetProperty("share") is { ValueKind: JsonValueKind.Number } share ? Share(share) : null,
            Steps(pending),
            GateOptionsJson.Duration(pending.GetProperty("hold")),
            GateOptionsJson.Read(pending.GetProperty("judged")));

    private static TrafficAct? Last(JsonElement last) => last.ValueKind == JsonValueKind.Null
        ? null
        : new TrafficAct(
            last.GetProperty("act").GetString()!,
            Time(last.GetProperty("at")),
            last.GetProperty("actor").GetString()!,
            Number(last.GetProperty("from")),
            Number(last.GetProperty("to")),
            GateReadingJson.Read(last),
            last.GetProperty("reason").GetString()!);

    private static ImmutableSortedDictionary<long, int> Shares(JsonElement shares) => shares.EnumerateObject()
        .ToImmutableSortedDictionary(
            share => long.Parse(share.Name, NumberStyles.None, CultureInfo.InvariantCulture),
            share => Share(share.Value));

    private static ImmutableArray<int> Steps(JsonElement owner) =>
        [.. owner.GetProperty("steps").EnumerateArray().Select(Share)];

    private static ImmutableSortedSet<long> Numbers(JsonElement numbers) =>
        [.. numbers.EnumerateArray().Select(number => number.GetInt64())];

    private static int Share(JsonElement percent) => SharePercent.TryBuckets(percent.GetDecimal(), out int buckets)
        ? buckets
        : throw new FormatException("a share was expected");

    private static long Number(JsonElement label) => label.ValueKind == JsonValueKind.Null ? 0 : label.GetInt64();

    private static DateTimeOffset Time(JsonElement time) => time.GetDateTimeOffset();
}
