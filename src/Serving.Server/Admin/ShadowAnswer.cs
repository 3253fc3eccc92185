using System.Collections.Immutable;
using System.Text.Json;
using Serving.Engine.Routing;

namespace Serving.Server.Admin;

/// <summary>What shadows came to, as the admin API spells it.</summary>
internal static class ShadowAnswer
{
    /// <summary>
    /// Writes the shadow of the greatest version; the others, where there are any, stand in <c>others</c>.
    /// </summary>
    /// <param name="writer">Receives it.</param>
    /// <param name="shadows">At least one.</param>
    public static void Write(Utf8JsonWriter writer, ImmutableArray<ShadowComparison> shadows)
    {
        ShadowComparison[] byVersion = [.. shadows.OrderByDescending(shadow => shadow.Version)];
        writer.WriteStartObject();
        WriteMembers(writer, byVersion[0]);
        if (byVersion.Length > 1)
        {
            writer.WriteStartArray("others");
            foreach (ShadowComparison shadow in byVersion.AsSpan(1))
            {
                writer.WriteStartObject();
                WriteMembers(writer, shadow);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter writer, ShadowComparison shadow)
    {
        writer.WriteNumber("version", shadow.Version);
        writer.WriteNumber("compared", shadow.Compared);
        writer.WriteNumber("dropped", shadow.Dropped);
        writer.WriteNumber("disagree", shadow.Disagree);
        writer.WriteStartObject("delta");
        WriteFinite(writer, "mean", shadow.DeltaMean);
        WriteFinite(writer, "p50", shadow.DeltaP50);
        WriteFinite(writer, "p99", shadow.DeltaP99);
        WriteFinite(writer, "max", shadow.DeltaMax);
        writer.WriteEndObject();
        WriteFinite(writer, "p99_ms", shadow.P99Ms);
    }

    // Two scores may lie further apart than a number can say.
    private static void WriteFinite(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
