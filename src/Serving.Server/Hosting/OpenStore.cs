using Serving.State;

namespace Serving.Server.Hosting;

/// <summary>A store that was opened, with what it says of itself. Disposing closes the store.</summary>
public sealed class OpenStore : IAsyncDisposable
{
    /// <summary>The store.</summary>
    public required IWindowStore Store { get; init; }

    /// <summary>Where it is.</summary>
    public required StateLocation Location { get; init; }

    /// <summary>Whether it was closed properly before, or is new.</summary>
    public required bool WasClean { get; init; }

    /// <summary>What it counts.</summary>
    public required IReadOnlyList<StoreGauge> Gauges { get; init; }

    /// <summary>What an operator should know now.</summary>
    public Func<IEnumerable<string>> Warnings { get; init; } = static () => [];

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
