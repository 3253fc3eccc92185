using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Cli.ObjectStores;

namespace Serving.Cli.Commands;

/// <summary><c>bundles sync</c>: copies bundles from an object store into a models folder.</summary>
internal static class BundlesSyncCommand
{
    public static Command Create(CommandConsole console)
    {
        var from = new Option<string>("--from") { Description = "s3://BUCKET/PREFIX.", Required = true };
        var to = new Option<string>("--to") { Description = "The models folder.", Required = true };
        var endpoint = new Option<string?>("--endpoint")
        {
            Description = "Address of a store that is not AWS's own; buckets are addressed by path.",
        };
        var every = new Option<string?>("--every") { Description = "Look again so often, such as 30s." };
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "sync",
            "Copy bundles PREFIX/NAME/V/ from an object store, complete ones only.\n\n"
                + "Example: serving bundles sync --from s3://models/prod --to models --endpoint http://127.0.0.1:9000")
        {
            from, to, endpoint, every, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string folder = parsed.GetValue(to)!;
            TimeSpan? period = PeriodOf(parsed.GetValue(every));
            using var store = new BundleStore(
                StoreAddress.Parse(parsed.GetValue(from)!), EndpointOf(parsed.GetValue(endpoint)));
            Directory.CreateDirectory(folder);
            var sync = new BundleSync(store, folder);
            if (period is null)
            {
                SyncResult result = await sync.RunAsync(cancellation);
                Report(console, result, parsed.GetValue(json), isRepeated: false);
                return ExitCode.Done;
            }

            await RepeatAsync(console, sync, period.Value, parsed.GetValue(json), cancellation);
            return ExitCode.Done;
        });
        return command;
    }

    // A store that is away for a moment is asked again.
    private static async Task RepeatAsync(
        CommandConsole console, BundleSync sync, TimeSpan period, bool isJson, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(period);
        try
        {
            do
            {
                try
                {
                    Report(console, await sync.RunAsync(cancellation), isJson, isRepeated: true);
                }
                catch (Exception exception) when (exception is IOException or HttpRequestException)
                {
                    await console.Error.WriteLineAsync("error: " + exception.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // It ends by being interrupted.
        }
    }

    private static void Report(CommandConsole console, SyncResult result, bool isJson, bool isRepeated)
    {
        foreach ((string model, long version, string reason) in result.Incomplete)
        {
            console.Error.WriteLine($"not copied: {model} version {version}: {reason}");
        }

        if (isJson && isRepeated)
        {
            console.Out.WriteLine(result.ToJson().ToJsonString());
        }
        else if (isJson)
        {
            JsonOutput.Write(console.Out, result.ToJson());
        }
        else
        {
            foreach ((string model, long version) in result.Copied)
            {
                console.Out.WriteLine($"copied {model} version {version}");
            }
        }

        console.Out.Flush();
    }

    private static Uri? EndpointOf(string? text) => text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" ? url
        : throw new UsageException($"--endpoint {text}: expected a URL such as http://127.0.0.1:9000");

    private static TimeSpan? PeriodOf(string? text) => text is null ? null
        : Serving.Data.Time.DurationText.TryParse(text, out TimeSpan period) && period >= TimeSpan.FromSeconds(1)
            && period <= TimeSpan.FromDays(1) ? period
        : throw new UsageException($"--every {text}: expected a duration from 1s to 1d such as 30s");
}
