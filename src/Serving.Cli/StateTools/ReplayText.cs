using System.Text;
using System.Text.Json.Nodes;
using Serving.Engine.Predictions.Replays;

namespace Serving.Cli.StateTools;

/// <summary>What <c>replay</c> prints.</summary>
internal static class ReplayText
{
    private const int ShownMax = 20;

    /// <summary>The document of <c>--json</c>.</summary>
    public static JsonObject Json(ReplayReport report)
    {
        var history = new JsonObject();
        foreach (HistoryClass found in Enum.GetValues<HistoryClass>())
        {
            history[NameOf(found)] = report.History[found];
        }

        return new JsonObject
        {
            ["records"] = report.Records,
            ["equal"] = report.Equal,
            ["different"] = report.Different,
            ["history"] = history,
            ["from_features"] = report.FromFeatures,
            ["masked"] = report.Masked,
            ["differences"] = new JsonArray([.. report.Differences.Select(difference => (JsonNode?)new JsonObject
            {
                ["id"] = difference.Id,
                ["feature"] = difference.Feature,
                ["recorded"] = JsonNode.Parse(difference.Recorded),
                ["recomputed"] = JsonNode.Parse(difference.Recomputed),
                ["class"] = difference.Class,
            })]),
        };
    }

    /// <summary>The same for people.</summary>
    public static string Of(ReplayReport report)
    {
        var text = new StringBuilder();
        text.Append($"records {report.Records}, equal {report.Equal}, different {report.Different}, ")
            .Append($"from features {report.FromFeatures}, masked {report.Masked}\n")
            .Append("history: ")
            .AppendJoin(", ", Enum.GetValues<HistoryClass>().Select(
                found => $"{NameOf(found)} {report.History[found]}"))
            .Append('\n');
        foreach (ReplayDifference difference in report.Differences.Take(ShownMax))
        {
            text.Append($"{difference.Class}: id {difference.Id}, {difference.Feature}: ")
                .Append($"recorded {difference.Recorded}, ")
                .Append($"recomputed {difference.Recomputed}\n");
        }

        int more = report.Differences.Length - ShownMax;
        return more > 0 ? text.Append($"and {more} more\n").ToString() : text.ToString();
    }

    private static string NameOf(HistoryClass found) => found.ToString().ToLowerInvariant();
}
