using Microsoft.Extensions.Hosting;

namespace Serving.Server.Hosting;

/// <summary>Signals are the command's matter: a library that took them over would stop a test runner.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
