using Serving.State;
using Serving.State.Embedded;

namespace Serving.Engine.Tests.Windows;

/// <summary>The embedded store without files.</summary>
internal sealed class MemorySubject : StoreSubject
{
    private readonly EmbeddedWindowStore _store;

    private readonly Action<EmbeddedStatus>? _ended;
    private bool _isEnded;

    /// <summary>Opens the store.</summary>
    /// <param name="ended">Is told at the end how it fared.</param>
    public MemorySubject(Action<EmbeddedStatus>? ended)
    {
        _ended = ended;
        _store = EmbeddedWindowStore.OpenMemory(new EmbeddedOptions { Time = Clock, Shards = 4 });
    }

    public override IWindowStore Store => _store;

    public override IStateMaintenance Maintenance => _store;

    public override ValueTask DisposeAsync()
    {
        if (!_isEnded)
        {
            _isEnded = true;
            _ended?.Invoke(_store.Status);
        }

        return _store.DisposeAsync();
    }

    protected override Task DisturbFurtherAsync(Disturbance what)
    {
        if (what.HasFlag(Disturbance.Sweep))
        {
            _store.Sweep();
        }

        return Task.CompletedTask;
    }
}
