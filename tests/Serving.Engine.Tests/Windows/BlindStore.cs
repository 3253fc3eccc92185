using Serving.State;

namespace Serving.Engine.Tests.Windows;

/// <summary>A store that reads for all accesses of a batch before it appends any of their records.</summary>
internal sealed class BlindStore(IWindowStore inner) : IWindowStore
{
    public ICompactionListener? CompactionListener
    {
        get => inner.CompactionListener;
        set => inner.CompactionListener = value;
    }

    public void Use(IBlobCompactor compactor) => inner.Use(compactor);

    public void RequestCompaction(in StateKey key, ulong schema) => inner.RequestCompaction(key, schema);

    public void ReportDamage(in StateKey key, ReadOnlySpan<byte> blob) => inner.ReportDamage(key, blob);

    public async ValueTask ExchangeAsync(StateBatch batch, CancellationToken cancellation)
    {
        var reads = new StateBatch();
        for (int access = 0; access < batch.Count; access++)
        {
            StateAccess asked = batch.Accesses[access];
            reads.Add(asked.Key, asked.Schema, asked.LifetimeMs, []);
        }

        await inner.ExchangeAsync(reads, cancellation);
        await inner.ExchangeAsync(batch, cancellation);
        for (int access = 0; access < batch.Count; access++)
        {
            ReadOnlySpan<byte> state = reads.StateOf(access);
            state.CopyTo(batch.Answer(access, state.Length));
        }
    }

    public ValueTask<LogHistory?> HistoryOfAsync(ulong log, CancellationToken cancellation) =>
        inner.HistoryOfAsync(log, cancellation);

    public ValueTask<LogHistory> NoteHistoryAsync(ulong log, LogHistory history, CancellationToken cancellation) =>
        inner.NoteHistoryAsync(log, history, cancellation);

    public ValueTask ForgetHistoryAsync(ulong log, CancellationToken cancellation) =>
        inner.ForgetHistoryAsync(log, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
