namespace Serving.State.Tests.Embedded;

/// <summary>Hands the first compaction to a test that waits for it.</summary>
internal sealed class FoldListener : ICompactionListener
{
    private readonly TaskCompletionSource<(StateKey Key, uint Epoch, int Records)> _first =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<(StateKey Key, uint Epoch, int Records)> First => _first.Task;

    public void OnCompacted(in StateKey key, uint epoch, int records, int read) =>
        _ = _first.TrySetResult((key, epoch, records));
}
