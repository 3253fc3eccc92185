using System.Text.Json;
using Serving.Data.Time;
using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Routing.Durable;

/// <summary>What a canary is judged by, as JSON: a gate that is null is not looked at. Shares are 0 to 1.</summary>
internal static class GateOptionsJson
{
    /// <summary>Writes the object.</summary>
    public static void Write(Utf8JsonWriter writer, string name, GateOptions gates)
    {
        writer.WriteStartObject(name);
        Write(writer, "errors", "increase", gates.Errors?.Increase, gates.Errors?.Samples, gates.Errors?.Window);
        Write(
            writer, "latency", "increase", gates.Latency?.Increase, gates.Latency?.Samples, gates.Latency?.Window,
            gates.Latency?.Slo);
        Write(writer, "drift", "psi", gates.Drift?.Psi, gates.Drift?.Samples, gates.Drift?.Window);
        Write(writer, "missing", "increase", gates.Missing?.Increase, gates.Missing?.Samples, gates.Missing?.Window);
        writer.WriteEndObject();
    }

    /// <summary>Reads the object.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static GateOptions Read(JsonElement gates) => new()
    {
        Errors = Gate(gates, "errors", "increase", out (double Limit, long Samples, TimeSpan Window) errors)
            ? new ErrorGate(errors.Limit, errors.Samples, errors.Window)
            : null,
        Latency = Gate(gates, "latency", "increase", out (double Limit, long Samples, TimeSpan Window) latency)
            ? new LatencyGate(
                Duration(gates.GetProperty("latency").GetProperty("slo")), latency.Limit, latency.Samples,
                latency.Window)
            : null,
        Drift = Gate(gates, "drift", "psi", out (double Limit, long Samples, TimeSpan Window) drift)
            ? new DriftGate(drift.Limit, drift.Samples, drift.Window)
            : null,
        Missing = Gate(gates, "missing", "increase", out (double Limit, long Samples, TimeSpan Window) missing)
            ? new MissingGate(missing.Limit, missing.Samples, missing.Window)
            : null,
    };

    /// <summary>A duration's text.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static TimeSpan Duration(JsonElement element) =>
        DurationText.TryParse(element.GetString() ?? "", out TimeSpan value)
            ? value
            : throw new FormatException("a duration was expected");

    private static void Write(
        Utf8JsonWriter writer, string gate, string key, double? limit, long? samples, TimeSpan? window,
        TimeSpan? slo = null)
    {
        if (limit is null)
        {
            writer.WriteNull(gate);
            return;
        }

        writer.WriteStartObject(gate);
        if (slo is { } objective)
        {
            writer.WriteString("slo", DurationText.Of(objective));
        }

        writer.WriteNumber(key, limit.Value);
        writer.WriteNumber("samples", samples!.Value);
        writer.WriteString("window", DurationText.Of(window!.Value));
        writer.WriteEndObject();
    }

    private static bool Gate(
        JsonElement gates, string name, string key, out (double Limit, long Samples, TimeSpan Window) read)
    {
        JsonElement gate = gates.GetProperty(name);
        bool isOn = gate.ValueKind != JsonValueKind.Null;
        read = isOn
            ? (gate.GetProperty(key).GetDouble(), gate.GetProperty("samples").GetInt64(),
                Duration(gate.GetProperty("window")))
            : default;
        return isOn;
    }
}
