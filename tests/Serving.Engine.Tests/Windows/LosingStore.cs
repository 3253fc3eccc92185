using System.Buffers;
using Serving.State;

namespace Serving.Engine.Tests.Windows;

/// <summary>
/// A store that, when it puts a folded blob in place, loses what was appended since it began to fold.
/// </summary>
internal sealed class LosingStore(IWindowStore inner, IStateMaintenance blobs) : IWindowStore
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
                EndFold(key, before, batch.Accesses[access].Schema);
            }
        }
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void EndFold(StateKey key, byte[] before, ulong schema)
    {
        var replacement = new ArrayBufferWriter<byte>();
        if (_compactors.First(one => one.Schema == schema).Compact(before, replacement) > 0)
        {
            _replaced[key] = replacement.WrittenSpan.ToArray();
        }
    }
}
