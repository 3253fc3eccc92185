using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serving.Engine.Predictions.Log;
using Serving.Server.Telemetry;

namespace Serving.Server.Hosting;

/// <summary>Tells the server's log of what befalls the prediction log: alarms within a second or two.</summary>
internal sealed class LogWatch : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly PredictionLog? _log;
    private readonly TimeProvider _time;
    private readonly ILogger<LogWatch> _logger;

    /// <summary>Makes the watch; it does nothing where there is no prediction log.</summary>
    public LogWatch(ServerState state, TimeProvider time, ILogger<LogWatch> logger)
    {
        _log = state.Log;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_log is null)
        {
            return;
        }

        LogStatus before = _log.Status;
        using var timer = new PeriodicTimer(s_interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                LogStatus now = _log.Status;
                Tell(before, now);
                before = now;
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private void Tell(LogStatus before, LogStatus now)
    {
        if (now.Failures > before.Failures || (now.IsRefusing && !before.IsRefusing))
        {
            _logger.LogFails(now.Error ?? "the disk is full", now.IsRefusing);
        }
        else if (before.IsRefusing && !now.IsRefusing)
        {
            _logger.LogTakes();
        }

        if (now.Lost > before.Lost)
        {
            _logger.LogLost(now.Lost - before.Lost, now.Lost);
        }

        if (now.Slow > before.Slow)
        {
            _logger.LogSlow(now.Slow - before.Slow, now.LastSyncUs / 1000);
        }

        if (now.Dropped > before.Dropped)
        {
            _logger.LogDropped(now.Dropped - before.Dropped);
        }
        else if (now.IsNearRetention && !before.IsNearRetention)
        {
            _logger.LogNearRetention(now.FolderBytes);
        }
    }
}
