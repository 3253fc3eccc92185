namespace Serving.State.Embedded;

/// <summary>
/// Keys whose blobs are to be folded: a bounded ring. A small table of digests keeps most repetitions out; one that
/// slips through costs a look at the blob. Safe for use by several threads.
/// </summary>
internal sealed class CompactionQueue
{
    private readonly (StateKey Key, ulong Schema)[] _ring;

    // Slot d % length holds a digest that waits; 0 where none does.
    private readonly ulong[] _waiting;
    private SpinGate _gate;
    private int _head;
    private int _count;
    private long _dropped;

    public CompactionQueue(int capacity)
    {
        _ring = new (StateKey, ulong)[capacity];
        _waiting = new ulong[capacity * 2];
    }

    /// <summary>Requests that found the queue full.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Adds a key; true where the queue was empty.</summary>
    [Data.HotPath]
    public bool Add(in StateKey key, ulong schema)
    {
        ref ulong waiting = ref _waiting[(int)(key.Digest % (ulong)_waiting.Length)];
        _gate.Enter();
        bool isNew = waiting != key.Digest;
        bool wasEmpty = _count == 0;
        if (isNew && _count < _ring.Length)
        {
            waiting = key.Digest;
            _ring[(_head + _count++) % _ring.Length] = (key, schema);
        }
        else if (isNew)
        {
            _dropped++;
        }

        _gate.Exit();
        return isNew && wasEmpty;
    }

    /// <summary>Takes the key that waits longest.</summary>
    public bool TryTake(out StateKey key, out ulong schema)
    {
        (key, schema) = default((StateKey, ulong));
        _gate.Enter();
        bool isThere = _count > 0;
        if (isThere)
        {
            (key, schema) = _ring[_head];
            _head = (_head + 1) % _ring.Length;
            _count--;
            ref ulong waiting = ref _waiting[(int)(key.Digest % (ulong)_waiting.Length)];
            waiting = waiting == key.Digest ? 0 : waiting;
        }

        _gate.Exit();
        return isThere;
    }
}
