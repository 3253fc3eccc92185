namespace Serving.State;

/// <summary>What the <c>state</c> commands do with a store, outside the request path.</summary>
public interface IStateMaintenance : IHistoryNotes, IAsyncDisposable
{
    /// <summary>Makes the compactor of a log known.</summary>
    void Use(IBlobCompactor compactor);

    /// <summary>A copy of a key's blob; empty for an absent key.</summary>
    ValueTask<byte[]> ReadAsync(StateKey key, CancellationToken cancellation);

    /// <summary>Checks every checksum; problems name the place (file and offset, or key).</summary>
    Task<StateVerification> VerifyAsync(IProgress<double>? progress, CancellationToken cancellation);

    /// <summary>Folds every blob that is due; returns the number folded.</summary>
    Task<long> CompactAsync(IProgress<double>? progress, CancellationToken cancellation);

    /// <summary>
    /// Puts records in front of a key's own: <paramref name="blob"/> is a whole blob (header, tiles, records) of events
    /// known before those that the key has. Repeating it after an interruption is harmless where the key is still as
    /// the first time left it.
    /// </summary>
    ValueTask PrependAsync(StateKey key, ReadOnlyMemory<byte> blob, long lifetimeMs, CancellationToken cancellation);

    /// <summary>Ends the writing: everything prepended or folded is durable behind it.</summary>
    ValueTask FlushAsync(CancellationToken cancellation);
}
