using System.Globalization;
using System.Text.Json.Nodes;
using Serving.Engine.Offline;
using Serving.Engine.Offline.Feeds;

namespace Serving.Cli.CommandLine;

/// <summary>What an offline run says when it is done.</summary>
internal static class OfflineReport
{
    /// <summary>Runs with a line of progress in rows.</summary>
    public static OfflineResult WithProgress(
        CommandConsole console, string what, OfflineOptions options, Func<OfflineOptions, OfflineResult> run)
    {
        using var progress = new ProgressLine(console, what, "rows", TimeProvider.System);
        return run(options with { Progress = state => progress.Report(state.RowsWritten, state.Share) });
    }

    /// <summary>A line to stderr for each event of which some entered no window.</summary>
    public static void WriteAdmissions(
        CommandConsole console, IReadOnlyDictionary<string, AdmissionCounts> admissions)
    {
        foreach ((string name, AdmissionCounts counts) in admissions)
        {
            string[] parts =
            [
                .. new[]
                {
                    (counts.Late, "became known too late"), (counts.Future, "lie in the future"),
                    (counts.WithoutKey, "have no key"),
                }.Where(part => part.Item1 > 0).Select(part => $"{part.Item1} {part.Item2}"),
            ];
            if (parts.Length > 0)
            {
                console.Error.WriteLine($"note: events '{name}' that entered no window: {string.Join(", ", parts)}");
            }
        }
    }

    /// <summary>
    /// Results to stdout as JSON where asked and where rows do not go there; a line to stderr otherwise.
    /// </summary>
    public static void Write(CommandConsole console, OfflineResult result, bool json, bool rowsOnStdout)
    {
        WriteAdmissions(console, result.Admissions);
        if (json && !rowsOnStdout)
        {
            JsonOutput.Write(console.Out, new JsonObject
            {
                ["rows"] = result.RowsWritten,
                ["rows_read"] = result.RowsRead,
                ["saturated"] = result.SaturationCount,
                ["not_finite"] = result.NotFiniteCount,
            });
            return;
        }

        string text = string.Create(CultureInfo.InvariantCulture, $"{result.RowsWritten} rows");
        text += result.SaturationCount == 0 ? "" : $", {result.SaturationCount} results saturated";
        text += result.NotFiniteCount == 0
            ? ""
            : $", {result.NotFiniteCount} numbers were not finite and became missing";
        console.Error.WriteLine(text);
    }
}
