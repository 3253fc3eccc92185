namespace Serving.LoadTest;

/// <summary>A server that takes calls; safe for use by several threads.</summary>
internal interface ILoadTarget : IAsyncDisposable
{
    /// <summary>Makes one call. Never throws for what the server or the network does.</summary>
    /// <param name="number">Number of the call: picks connection and request.</param>
    /// <returns>Null when the call was answered well, else the status.</returns>
    Task<string?> CallAsync(int number);
}
