using System.Globalization;
using System.Text.Json.Nodes;
using Serving.Engine.Offline;

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

    /// <summary>
    /// Results to stdout as JSON where asked and where rows do not go there; a line to stderr otherwise.
    /// </summary>
    public static void Write(CommandConsole console, OfflineResult result, bool json, bool rowsOnStdout)
    {
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
