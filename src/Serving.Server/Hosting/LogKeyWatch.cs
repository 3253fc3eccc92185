using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serving.Data;
using Serving.Engine.Predictions.Log;
using Serving.Server.Telemetry;

namespace Serving.Server.Hosting;

/// <summary>
/// Takes up a key file that was changed, as a rotated secret is (hardening.md 121): a new last line writes from then
/// on. While the file cannot be read the keys that are known go on, with an alarm.
/// </summary>
internal sealed class LogKeyWatch(
    ServerState state, ServerOptions options, TimeProvider time, ILogger<LogKeyWatch> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    // What was looked at last: a link that points elsewhere has another time or another length behind it.
    private (DateTime Changed, long Length) _seen;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (state.Log is not { HasKey: true } log || options.LogKeyFile is not { } path)
        {
            return;
        }

        using var timer = new PeriodicTimer(s_interval, time);
        try
        {
            do
            {
                Look(log, path);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private void Look(PredictionLog log, string path)
    {
        try
        {
            FileInfo file = new(path);
            file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            (DateTime, long) found = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
            if (found == _seen)
            {
                return;
            }

            _seen = found;
            LogKeys keys = LogOpening.ReadKeys(options)!;
            log.UseKeys(keys);
            logger.LogKeysRead(keys.Current);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InputException)
        {
            logger.LogKeysUnreadable(error is InputException ? error.Message : error.GetType().Name);
        }
    }
}
