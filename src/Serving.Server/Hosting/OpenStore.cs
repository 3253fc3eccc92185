using Serving.State;

namespace Serving.Server.Hosting;

/// <summary>A store that was opened, with what it says of itself. Disposing closes the store.</summary>
public sealed class OpenStore : IAsyncDisposable
{
    /// <summary>The store.</summary>
    public required IWindowStore Store { get; init; }

    /// <summary>The same store for the <c>state</c> commands.</summary>
    public required IStateMaintenance Maintenance { get; init; }

    /// <summary>Where it is.</summary>
    public required StateLocation Location { get; init; }

    /// <summary>Whether it was closed properly before, or is new.</summary>
    public required bool WasClean { get; init; }

    /// <summary>What it counts.</summary>
    public required IReadOnlyList<StoreGauge> Gauges { get; init; }

    /// <summary>What an operator should know now.</summary>
    public Func<IEnumerable<string>> Warnings { get; init; } = static () => [];

    /// <summary>Whether it answers now; an embedded one always does.</summary>
    public Func<bool> IsReachable { get; init; } = static () => true;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
