using System.Globalization;
using System.Text.Json.Nodes;
using Serving.Engine.Offline;

namespace Serving.Cli.CommandLine;

/// <summary>What an offline run says when it is done.</summary>
internal static class OfflineReport
{
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
