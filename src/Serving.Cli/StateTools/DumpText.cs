using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Serving.Cli.StateTools;

/// <summary>A dump for people: one fact a line.</summary>
internal static class DumpText
{
    public static string Of(JsonObject dump)
    {
        var text = new StringBuilder();
        foreach ((string name, JsonNode? value) in dump)
        {
            switch (value)
            {
                case JsonArray list:
                    Line(text, $"{name}: {list.Count}");
                    foreach (JsonNode? item in list)
                    {
                        Line(text, $"  {item?.ToJsonString()}");
                    }

                    break;
                case JsonObject members:
                    Line(text, $"{name}:");
                    foreach ((string member, JsonNode? held) in members)
                    {
                        Line(text, $"  {member} = {held?.ToJsonString() ?? "missing"}");
                    }

                    break;
                default:
                    Line(text, $"{name}: {(value is null ? "none" : value.ToString())}");
                    break;
            }
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, string line) =>
        text.Append(CultureInfo.InvariantCulture, $"{line}\n");
}
