using Serving.State;

namespace Serving.Engine.Tests.Windows;

/// <summary>A store under test: how it is opened, and what can happen to it.</summary>
internal abstract class StoreSubject : IAsyncDisposable
{
    private readonly List<IBlobCompactor> _compactors = [];

    public abstract IWindowStore Store { get; }

    public abstract IStateMaintenance Maintenance { get; }

    /// <summary>The clock of the store.</summary>
    public StreamClock Clock { get; } = new();

    /// <summary>Makes a compactor known to the store, also to those that are opened in its place.</summary>
    public void Use(IBlobCompactor compactor)
    {
        _compactors.Add(compactor);
        Store.Use(compactor);
    }

    /// <summary>Lets something happen.</summary>
    /// <param name="what">What.</param>
    /// <param name="front">Whom the server would ask for a fold.</param>
    /// <param name="keys">The keys that the store has.</param>
    public async Task DisturbAsync(
        Disturbance what, IWindowStore front, IEnumerable<(StateKey Key, ulong Schema)> keys)
    {
        if (what.HasFlag(Disturbance.RequestCompaction))
        {
            foreach ((StateKey key, ulong schema) in keys)
            {
                front.RequestCompaction(key, schema);
            }
        }

        if (what.HasFlag(Disturbance.CompactAll))
        {
            await Maintenance.CompactAsync(null, CancellationToken.None);
        }

        const Disturbance Further =
            Disturbance.Snapshot | Disturbance.Restart | Disturbance.Crash | Disturbance.Sweep;
        if ((what & Further) != Disturbance.None)
        {
            await DisturbFurtherAsync(what);
        }
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>What depends on the store.</summary>
    protected abstract Task DisturbFurtherAsync(Disturbance what);

    protected void UseAgain() => _compactors.ForEach(Store.Use);
}
