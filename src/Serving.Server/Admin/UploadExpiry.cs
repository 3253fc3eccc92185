using Microsoft.Extensions.Hosting;

namespace Serving.Server.Admin;

/// <summary>Forgets uploads that nobody touched for a day.</summary>
internal sealed class UploadExpiry(UploadStore uploads, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_period, time);
        do
        {
            try
            {
                uploads.Expire();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The next look tries again; nothing waits for it.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
