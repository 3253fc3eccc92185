using System.Text.Json;

namespace Serving.LoadTest;

/// <summary>Runs the rounds of all targets, one after the other in turns, and prints the report.</summary>
internal static class LoadRun
{
    public static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Runs, then writes one JSON document.</summary>
    /// <returns>0, or 1 when a target answered no call well.</returns>
    public static async Task<int> RunAsync(LoadOptions options, TextWriter report, TextWriter log)
    {
        if (options.Beside is { } command)
        {
            return await BesideRun.RunAsync(options, command, report, log);
        }

        List<(TargetOptions Options, ILoadTarget Target, LoadResult Result)> all =
            [.. options.Targets.Select(target => (target, Targets.Create(options, target), new LoadResult()))];
        try
        {
            for (int round = 0; round < options.Rounds; round++)
            {
                foreach ((TargetOptions Options, ILoadTarget Target, LoadResult Result) one in all)
                {
                    string what = $"{one.Options.Kind} {one.Options.Address}";
                    await log.WriteLineAsync($"round {round + 1} of {options.Rounds}: {what}");
                    await RoundAsync(options, one.Target, options.WarmUp, result: null);
                    await RoundAsync(options, one.Target, options.Duration, one.Result);
                }
            }
        }
        finally
        {
            foreach ((TargetOptions Options, ILoadTarget Target, LoadResult Result) one in all)
            {
                await one.Target.DisposeAsync();
            }
        }

        await report.WriteLineAsync(
            JsonSerializer.Serialize(all.Select(one => one.Result.ToReport(options, one.Options)), Indented));
        return all.TrueForAll(one => one.Result.Ok > 0) ? 0 : 1;
    }

    /// <summary>Sends calls for a time; without a result they warm up.</summary>
    public static Task RoundAsync(LoadOptions options, ILoadTarget target, TimeSpan duration, LoadResult? result)
    {
        int inFlightMax = options.Connections * options.Streams;
        return options.IsClosed
            ? new ClosedLoop(target, inFlightMax).RunAsync(duration, result)
            : new OpenLoop(target, options.Rate, inFlightMax).RunAsync(duration, result);
    }
}
