using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;

namespace Serving.Cli.Administration;

/// <summary>Tables as results: text, or JSON as the server gave it.</summary>
internal static class TableOutput
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    /// <summary>Writes one table, or all of them.</summary>
    public static void Write(CommandConsole console, JsonElement answer, bool isJson)
    {
        if (isJson)
        {
            JsonOutput.Write(console.Out, JsonNode.Parse(answer.GetRawText())!);
            return;
        }

        foreach (string line in Lines(answer))
        {
            console.Out.WriteLine(line);
        }
    }

    /// <summary>
    /// Shows tables until the command is interrupted: in place on a terminal, else a snapshot a second; JSON as a line
    /// a second.
    /// </summary>
    public static async Task WatchAsync(
        CommandConsole console, Func<Task<JsonElement>> look, bool isJson, CancellationToken cancellation)
    {
        var live = new LiveLines(console);
        using var timer = new PeriodicTimer(s_period);
        try
        {
            do
            {
                JsonElement answer = await look();
                if (isJson)
                {
                    await console.Out.WriteLineAsync(JsonNode.Parse(answer.GetRawText())!.ToJsonString());
                }
                else if (console.IsTerminal)
                {
                    live.Draw(Lines(answer));
                }
                else
                {
                    Write(console, answer, isJson: false);
                }

                await console.Out.FlushAsync(cancellation);
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Watching ends by being interrupted.
        }
    }

    /// <summary>The lines of one table or of all.</summary>
    public static IEnumerable<string> Lines(JsonElement answer) =>
        answer.TryGetProperty("models", out JsonElement models)
            ? models.EnumerateArray().SelectMany(TableText.Lines)
            : TableText.Lines(answer);
}
