using System.Globalization;
using System.Text.Json.Nodes;
using Serving.Features.Explanation;

namespace Serving.Cli.CommandLine;

/// <summary>What a script's windows keep, in words and as JSON.</summary>
internal static class StateText
{
    public static void Write(TextWriter output, LogExplanation log)
    {
        string key = string.Join(", ", log.Key);
        string columns = log.Columns.IsEmpty ? "" : $" ({string.Join("; ", log.Columns)})";
        output.WriteLine($"state of {log.Event} by {key}: windows {string.Join(", ", log.Windows)}");
        output.WriteLine(Text($"  records  {log.RecordBytes} B{columns}"));
        foreach (TileLevel level in log.Levels)
        {
            output.WriteLine(Text($"  tiles    step {level.Step}: {level.Tiles} x {level.TileBytes} B = ")
                + $"{SizeText.Of(level.Bytes)}, for {level.Window} {level.Span}");
        }

        if (log.KeptRecords > 0)
        {
            output.WriteLine(Text($"  keep     {log.KeptRecords} x {log.RecordBytes} B = ")
                + $"{SizeText.Of((long)log.KeptRecords * log.RecordBytes)}, for {log.KeepWindow}");
        }

        output.WriteLine($"  ids      up to {SizeText.Of(log.RememberedBytes)}, {Remembered(log)}");
        output.WriteLine(
            $"  bytes    {SizeText.Of(log.TypicalBytes)} of a key with {LogExplanation.TypicalRecords} events, "
            + $"up to {SizeText.Of(log.BoundBytes)} and ids of a hot key");
        output.WriteLine(Text(
            $"  cost     1 read, {log.Values} values, {log.Operations} operations, about ")
            + Text($"{log.Nanoseconds / 1000:F2} us"));
    }

    public static JsonObject Json(LogExplanation log) => new()
    {
        ["event"] = log.Event,
        ["key"] = JsonOutput.Texts(log.Key),
        ["windows"] = JsonOutput.Texts(log.Windows),
        ["columns"] = JsonOutput.Texts(log.Columns),
        ["record_bytes"] = log.RecordBytes,
        ["tiles"] = new JsonArray([.. log.Levels.Select(level => (JsonNode?)Json(level))]),
        ["keep"] = log.KeptRecords,
        ["id_bytes_max"] = log.RememberedBytes,
        ["id_ms"] = log.RememberedMs < 0 ? null : log.RememberedMs,
        ["typical_bytes"] = log.TypicalBytes,
        ["bound_bytes"] = log.BoundBytes,
        ["values"] = log.Values,
        ["operations"] = log.Operations,
        ["estimated_ns"] = log.Nanoseconds,
    };

    private static JsonObject Json(TileLevel level) => new()
    {
        ["window"] = level.Window,
        ["span"] = level.Span,
        ["step"] = level.Step,
        ["tiles"] = level.Tiles,
        ["tile_bytes"] = level.TileBytes,
    };

    private static string Remembered(LogExplanation log) => log.RememberedMs switch
    {
        < 0 => Text($"the last {LogExplanation.RememberedIds}"),
        _ => $"those of the last {DurationText.Of(log.RememberedMs)}",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
