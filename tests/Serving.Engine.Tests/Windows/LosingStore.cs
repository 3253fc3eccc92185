using System.Buffers;
using Serving.State;

namespace Serving.Engine.Tests.Windows;

/// <summary>
/// A store that, when it puts a folded blob in place, loses what was appended since it began to fold.
/// </summary>
/// <param name="inner">The store behind it.</param>
/// <param name="blobs">The same, where blobs are read.</param>
/// <param name="isWrong">Whether it does lose them.</param>
internal sealed class LosingStore(IWindowStore inner, IStateMaintenance blobs, bool isWrong = true) : IWindowStore
{
    private readonly List<IBlobCompactor> _compactors = [];
    private readonly Dictionary<StateKey, byte[]> _folding = [];
    private readonly Dictionary<StateKey, byte[]> _replaced = [];

    public ICompactionListener? CompactionListener
    {
        get => inner.CompactionListener;
        set => inner.CompactionListener = value;
    }

    public void Use(IBlobCompactor compactor) => _compactors.Add(compactor);

    public void RequestCompaction(in StateKey key, ulong schema) =>
        _folding[key] = _replaced.TryGetValue(key, out byte[]? own)
            ? own
            : blobs.ReadAsync(key, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public void ReportDamage(in StateKey key, ReadOnlySpan<byte> blob) => inner.ReportDamage(key, blob);

    public async ValueTask ExchangeAsync(StateBatch batch, CancellationToken cancellation)
    {
        await inner.ExchangeAsync(batch, cancellation);
        for (int access = 0; access < batch.Count; access++)
        {
            StateKey key = batch.Accesses[access].Key;
            if (_replaced.TryGetValue(key, out byte[]? own))
            {
                own.CopyTo(batch.Answer(access, own.Length));
                _replaced[key] = [.. own, .. batch.RecordOf(access)];
            }

            if (_folding.Remove(key, out byte[]? before))
            {
                EndFold(key, before, own ?? batch.StateOf(access).ToArray(), batch, access);
            }
        }
    }

    public ValueTask<LogHistory?> HistoryOfAsync(ulong log, CancellationToken cancellation) =>
        inner.HistoryOfAsync(log, cancellation);

    public ValueTask<LogHistory> NoteHistoryAsync(ulong log, LogHistory history, CancellationToken cancellation) =>
        inner.NoteHistoryAsync(log, history, cancellation);

    public ValueTask ForgetHistoryAsync(ulong log, CancellationToken cancellation) =>
        inner.ForgetHistoryAsync(log, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void EndFold(StateKey key, byte[] before, byte[] now, StateBatch batch, int access)
    {
        ulong schema = batch.Accesses[access].Schema;
        var replacement = new ArrayBufferWriter<byte>();
        if (now.AsSpan().StartsWith(before)
            && _compactors.First(one => one.Schema == schema).Compact(before, replacement) > 0)
        {
            byte[] appended = [.. now.AsSpan(before.Length), .. batch.RecordOf(access)];
            _replaced[key] = [.. replacement.WrittenSpan, .. isWrong ? [] : appended];
        }
    }
}
