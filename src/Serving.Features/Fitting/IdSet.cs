namespace Serving.Features.Fitting;

/// <summary>
/// The request ids seen so far, exactly, by their bytes. Open addressing, linear probing, at most 3/4 full. One thread.
/// </summary>
internal sealed class IdSet
{
    private const int LengthFirst = 1024;
    private const int LengthMax = 1 << 30;
    private const string Owner = "request ids";

    private readonly MemoryBudget _budget;
    private readonly ByteArena _bytes = new();

    // Handle of each id in the arena, plus 1; 0 is an empty slot.
    private long[] _handles = new long[LengthFirst];
    private int _count;

    public IdSet(MemoryBudget budget)
    {
        _budget = budget;
        _budget.Reserve(LengthFirst * sizeof(long), Owner, 0);
    }

    /// <summary>Adds an id; false where it is there already.</summary>
    public bool Add(ReadOnlySpan<byte> id)
    {
        int mask = _handles.Length - 1;
        int slot = (int)SeededHash.Of(id) & mask;
        for (; _handles[slot] != 0; slot = (slot + 1) & mask)
        {
            if (_bytes.Get(_handles[slot] - 1).SequenceEqual(id))
            {
                return false;
            }
        }

        if (_bytes.IsFull(id.Length))
        {
            _budget.Reserve(ByteArena.BlockBytes, Owner, _count);
        }

        _handles[slot] = _bytes.Add(id) + 1;
        if (++_count >= _handles.Length / 4 * 3)
        {
            Grow();
        }

        return true;
    }

    /// <summary>Gives the memory back.</summary>
    public void Free()
    {
        _budget.Release(_bytes.Size + ((long)_handles.Length * sizeof(long)));
        _handles = [];
    }

    private void Grow()
    {
        if (_handles.Length == LengthMax)
        {
            _budget.Refuse(Owner, _count);
        }

        int length = _handles.Length * 2;
        _budget.Reserve((long)length * sizeof(long), Owner, _count);
        long[] handles = new long[length];
        foreach (long handle in _handles.Where(handle => handle != 0))
        {
            int slot = (int)SeededHash.Of(_bytes.Get(handle - 1)) & (length - 1);
            while (handles[slot] != 0)
            {
                slot = (slot + 1) & (length - 1);
            }

            handles[slot] = handle;
        }

        _budget.Release((long)_handles.Length * sizeof(long));
        _handles = handles;
    }
}
