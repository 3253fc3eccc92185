namespace Serving.State;

/// <summary>
/// Keeps one blob for each entity: read and appended in one trip, compacted lazily (section 4.4). Safe for use by
/// several threads; knows nothing of what a blob means but its header.
/// </summary>
public interface IWindowStore : IHistoryNotes, IAsyncDisposable
{
    /// <summary>Makes the compactor of a log known; once for each schema hash, repeated calls do nothing.</summary>
    void Use(IBlobCompactor compactor);

    /// <summary>
    /// Carries out the accesses of a batch: each reads the state before its own append. Completes synchronously where
    /// the store is embedded and nothing must be durable. Never throws for what the store does: outcomes say it.
    /// </summary>
    ValueTask ExchangeAsync(StateBatch batch, CancellationToken cancellation);

    /// <summary>Asks for the compaction of a key's blob, in the background; losing it is harmless.</summary>
    void RequestCompaction(in StateKey key, ulong schema);

    /// <summary>
    /// Is told of a blob whose header fits and whose content does not: its checks fail. The store puts a copy aside
    /// where it can, in the background, and lets the key begin anew behind it (hardening.md 102).
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="blob">The bytes that were read; not kept.</param>
    void ReportDamage(in StateKey key, ReadOnlySpan<byte> blob);

    /// <summary>Is told of every compaction that replaced a blob; null without a listener.</summary>
    ICompactionListener? CompactionListener { get; set; }
}
