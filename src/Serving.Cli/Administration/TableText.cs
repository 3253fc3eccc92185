using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Serving.Cli.Administration;

/// <summary>A model's table as lines of text.</summary>
internal static class TableText
{
    private const string Bars = " \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
    private const int BarWidth = 20;
    private const int HistogramWidth = 25;
    private const int ReasonLengthMax = 60;

    /// <summary>The lines of a table.</summary>
    public static IEnumerable<string> Lines(JsonElement table)
    {
        string by = table.GetProperty("by").GetString() is { } field ? $", by {field}" : "";
        yield return $"{table.GetProperty("model").GetString()}  generation {table.GetProperty("generation")}{by}";
        yield return "  version  label     state         share    shadow      rate   requests  errors  degraded"
            + "   p50 ms   p99 ms";
        JsonElement[] versions = [.. table.GetProperty("versions").EnumerateArray()];
        foreach (JsonElement version in versions)
        {
            yield return VersionLine(table, version);
        }

        foreach (JsonElement version in versions.Where(version => version.TryGetProperty("runs_on", out _)))
        {
            yield return TensorLine(version);
        }

        if (Histograms(versions) is { Length: > 0 } histograms)
        {
            yield return "  scores   " + histograms;
        }

        foreach (string line in JudgedLines(table))
        {
            yield return line;
        }

        if (LastLine(table.GetProperty("last")) is { } last)
        {
            yield return last;
        }
    }

    private static string VersionLine(JsonElement table, JsonElement version)
    {
        string number = version.GetProperty("version").ToString();
        string label = table.GetProperty("labels").EnumerateObject()
            .Where(entry => entry.Value.ToString() == number).Select(entry => entry.Name).FirstOrDefault() ?? "";
        string reason = version.GetProperty("reason").GetString()!.Split('\n')[0];
        string shown = reason.Length > ReasonLengthMax ? reason[..ReasonLengthMax] + "..." : reason;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"  {number,-7}  {label,-8}  {version.GetProperty("state").GetString(),-9}  "
            + $"{ShareOf(table, "split", number),8}  {ShareOf(table, "shadow", number),8}  "
            + $"{version.GetProperty("rate").GetDouble(),8:F1}  {version.GetProperty("requests"),9}  "
            + $"{version.GetProperty("errors"),6}  {version.GetProperty("degraded"),8}  "
            + $"{version.GetProperty("p50_ms").GetDouble(),7:F3}  {version.GetProperty("p99_ms").GetDouble(),7:F3}  "
            + $"{shown}").TrimEnd();
    }

    private static string TensorLine(JsonElement version)
    {
        int worker = version.GetProperty("worker").GetInt32();
        string isolation = worker == 0
            ? $"isolation {version.GetProperty("isolation").GetString()}"
            : string.Create(CultureInfo.InvariantCulture, $"isolation process, worker {worker}");
        string samples = version.GetProperty("unchecked").GetBoolean() ? "; unchecked" : "";
        return $"  runs on  {version.GetProperty("version")}: {version.GetProperty("runs_on").GetString()}; "
            + $"{isolation}; batching {version.GetProperty("batching").GetString()}{samples}";
    }

    private static string ShareOf(JsonElement table, string name, string version) =>
        table.GetProperty(name).TryGetProperty(version, out JsonElement share) ? $"{share} %" : "";

    // Side by side, so that one sees whether two versions score alike.
    private static string Histograms(JsonElement[] versions) => string.Join("  ", versions
        .Where(version => version.GetProperty("scores").EnumerateArray().Any(count => count.GetInt64() > 0))
        .Select(version => $"{version.GetProperty("version")} |{Histogram(version.GetProperty("scores"))}|"));

    private static string Histogram(JsonElement scores)
    {
        long[] counts = [.. scores.EnumerateArray().Select(count => count.GetInt64())];
        int width = Math.Max(1, counts.Length / HistogramWidth);
        long[] merged = [.. counts.Chunk(width).Select(chunk => chunk.Sum())];
        long most = Math.Max(1, merged.Max());
        var text = new StringBuilder();
        foreach (long count in merged)
        {
            // A part that has any shows a bar.
            int height = count == 0 ? 0 : Math.Max(1, (int)Math.Round((double)count / most * (Bars.Length - 1)));
            text.Append(Bars[height]);
        }

        return text.ToString();
    }

    private static IEnumerable<string> JudgedLines(JsonElement table)
    {
        JsonElement canary = table.GetProperty("canary");
        JsonElement guard = table.GetProperty("guard");
        JsonElement judged = canary.ValueKind == JsonValueKind.Object ? canary : guard;
        if (judged.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        if (canary.ValueKind == JsonValueKind.Object)
        {
            JsonElement[] steps = [.. canary.GetProperty("steps").EnumerateArray()];
            int step = canary.GetProperty("step").GetInt32();
            string plan = canary.GetProperty("held").GetBoolean()
                ? $"holds {steps[step]} %"
                : $"step {step + 1} of {steps.Length} ({string.Join(", ", steps.Select(share => $"{share} %"))}), "
                    + $"{canary.GetProperty("hold").GetString()} each";
            yield return $"  canary   {canary.GetProperty("version")}: {plan}, since "
                + canary.GetProperty("since").GetString();
        }
        else
        {
            yield return $"  guarded  {guard.GetProperty("version")} against {guard.GetProperty("against")}, until "
                + guard.GetProperty("until").GetString();
        }

        foreach (JsonElement gate in judged.GetProperty("gates").EnumerateArray())
        {
            yield return GateLine(gate);
        }
    }

    // How far a gate is: its value of its limit once it has its samples, before that its samples of those it needs.
    private static string GateLine(JsonElement gate)
    {
        string state = gate.GetProperty("state").GetString()!;
        double value = gate.GetProperty("value").GetDouble();
        double limit = gate.GetProperty("limit").GetDouble();
        long samples = gate.GetProperty("samples").GetInt64();
        long needed = gate.GetProperty("needed").GetInt64();
        double share = state == "waiting" ? (double)samples / Math.Max(1, needed) : value / limit;
        int full = (int)(Math.Clamp(double.IsFinite(share) ? share : 0, 0, 1) * BarWidth);
        string subject = gate.TryGetProperty("feature", out JsonElement feature) ? $"  {feature.GetString()}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"  gate     {gate.GetProperty("gate").GetString(),-8} {state,-8} "
            + $"[{new string('#', full)}{new string('.', BarWidth - full)}] {value:0.####} of {limit:0.####}, "
            + $"{samples} of {needed} samples in {gate.GetProperty("window").GetString()}{subject}");
    }

    private static string? LastLine(JsonElement last)
    {
        if (last.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        string moved = last.GetProperty("from").ValueKind == JsonValueKind.Number
            || last.GetProperty("to").ValueKind == JsonValueKind.Number
            ? $", {VersionOf(last, "from")} -> {VersionOf(last, "to")}"
            : "";
        string gate = last.GetProperty("gate").GetString() is { } name
            ? string.Create(
                CultureInfo.InvariantCulture,
                $", gate {name}: {last.GetProperty("value").GetDouble():0.####} above "
                + $"{last.GetProperty("limit").GetDouble():0.####} over {last.GetProperty("window").GetString()}")
            : "";
        string reason = last.GetProperty("reason").GetString()!.Split('\n')[0];
        return $"  last     {last.GetProperty("act").GetString()} by {last.GetProperty("actor").GetString()} at "
            + $"{last.GetProperty("at").GetString()}{moved}{gate}{(reason.Length > 0 ? $": {reason}" : "")}";
    }

    private static string VersionOf(JsonElement last, string name) =>
        last.GetProperty(name).ValueKind == JsonValueKind.Number ? last.GetProperty(name).ToString() : "none";
}
