using System.Diagnostics;
using System.Text.Json;

namespace Serving.LoadTest;

/// <summary>
/// Rounds of one target in turns: quiet, beside a command, quiet ... What the command costs is the ratio of both; what
/// that ratio means is told by the ratio of two halves of the quiet rounds, taken in turns too.
/// </summary>
internal static class BesideRun
{
    private const int Terminate = 15;

    /// <summary>Runs, then writes one JSON document.</summary>
    /// <returns>0, or 1 when a call was not answered well or the command failed.</returns>
    public static async Task<int> RunAsync(LoadOptions options, string command, TextWriter report, TextWriter log)
    {
        LoadResult[] quiet = [new LoadResult(), new LoadResult()];
        LoadResult beside = new();
        bool hasFailed = false;
        await using ILoadTarget target = Targets.Create(options, options.Targets[0]);
        for (int round = 0; round < options.Rounds; round++)
        {
            bool isBeside = round % 2 == 1;
            await log.WriteLineAsync($"round {round + 1} of {options.Rounds}: {(isBeside ? command : "quiet")}");
            using Process? process = isBeside ? Start(command) : null;
            await LoadRun.RoundAsync(options, target, options.WarmUp, result: null);
            await LoadRun.RoundAsync(options, target, options.Duration, isBeside ? beside : quiet[round / 2 % 2]);
            hasFailed |= process is not null && !await EndAsync(process);
        }

        await report.WriteLineAsync(
            JsonSerializer.Serialize(ReportOf(options, quiet, beside), LoadRun.Indented));
        return hasFailed || beside.Ok == 0 ? 1 : 0;
    }

    private static Dictionary<string, object> ReportOf(LoadOptions options, LoadResult[] quiet, LoadResult beside)
    {
        Dictionary<string, object> noise = Ratios(quiet[1], quiet[0]);
        quiet[0].Add(quiet[1]);
        return new(StringComparer.Ordinal)
        {
            ["quiet"] = quiet[0].ToReport(options, options.Targets[0]),
            ["beside"] = beside.ToReport(options, options.Targets[0]),
            ["ratio"] = Ratios(beside, quiet[0]),
            ["noise"] = noise,
        };
    }

    private static Dictionary<string, object> Ratios(LoadResult one, LoadResult other)
    {
        (string name, double percent)[] wanted = [("p50", 50), ("p90", 90), ("p99", 99), ("p99_9", 99.9)];
        return wanted.ToDictionary(
            item => item.name,
            item => (object)Math.Round(one.LatencyMs(item.percent) / Math.Max(1e-6, other.LatencyMs(item.percent)), 3),
            StringComparer.Ordinal);
    }

    private static Process Start(string command)
    {
        ProcessStartInfo start = new("setsid") { RedirectStandardInput = true, UseShellExecute = false };
        start.ArgumentList.Add("bash");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        return Process.Start(start) ?? throw new InvalidOperationException("setsid did not start");
    }

    // A command that ended by itself, and well, has done what it had to.
    private static async Task<bool> EndAsync(Process process)
    {
        if (process.HasExited)
        {
            return process.ExitCode == 0;
        }

        using Process end = Process.Start("kill", [$"-{Terminate}", "--", $"-{process.Id}"]);
        await end.WaitForExitAsync();
        await process.WaitForExitAsync();
        return true;
    }
}
