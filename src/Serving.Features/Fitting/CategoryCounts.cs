namespace Serving.Features.Fitting;

/// <summary>
/// Exact counts of the distinct values of <c>vocab</c> or <c>rate</c>: slots, or strings by their bytes. Open
/// addressing, linear probing, at most 3/4 full. One thread; tables of several threads are merged in any order.
/// </summary>
internal sealed class CategoryCounts
{
    private const int LengthFirst = 64;
    private const int LengthMax = 1 << 30;

    // Hash, value and three counts.
    private const int SlotBytes = 5 * sizeof(long);

    private readonly MemoryBudget _budget;
    private readonly string _owner;
    private readonly bool _isText;
    private readonly ByteArena _text = new();

    // Hash of each entry with its lowest bit set; 0 is an empty slot.
    private ulong[] _hashes = [];

    // The slot, or the handle of the text.
    private long[] _values = [];
    private LabelCounts[] _counts = [];
    private int _distinct;

    public CategoryCounts(string owner, bool isText, MemoryBudget budget)
    {
        _owner = owner;
        _isText = isText;
        _budget = budget;
        Resize(LengthFirst);
    }

    /// <summary>Rows without a value.</summary>
    public LabelCounts Missing { get; private set; }

    /// <summary>Counts a slot; <paramref name="label"/> is 1, 0, or -1 for none.</summary>
    public void Add(long value, int label)
    {
        int slot = SlotOf(SeededHash.Of((ulong)value) | 1, value, default);
        _counts[slot] = _counts[slot].With(label);
    }

    /// <summary>Counts a string.</summary>
    public void Add(ReadOnlySpan<byte> text, int label)
    {
        int slot = SlotOf(SeededHash.Of(text) | 1, 0, text);
        _counts[slot] = _counts[slot].With(label);
    }

    /// <summary>Counts a row without a value.</summary>
    public void AddMissing(int label) => Missing = Missing.With(label);

    /// <summary>Adds the counts of another table, which gives its memory back.</summary>
    public void Merge(CategoryCounts other)
    {
        Missing += other.Missing;
        for (int from = 0; from < other._hashes.Length; from++)
        {
            if (other._hashes[from] != 0)
            {
                ReadOnlySpan<byte> text = _isText ? other._text.Get(other._values[from]) : default;
                int slot = SlotOf(other._hashes[from], other._values[from], text);
                _counts[slot] += other._counts[from];
            }
        }

        other.Free();
    }

    /// <summary>All values with their counts, ascending; the table gives its memory back.</summary>
    /// <param name="type">What the values are.</param>
    /// <param name="present">Rows with a value: fewer or more than the values where a row holds a list.</param>
    public CategoryDistribution ToDistribution(CategoryType type, long present)
    {
        var values = new CategoryValue[_distinct];
        var counts = new LabelCounts[_distinct];
        int next = 0;
        for (int slot = 0; slot < _hashes.Length; slot++)
        {
            if (_hashes[slot] != 0)
            {
                values[next] = _isText ? new CategoryValue(0, _text.Copy(_values[slot])) : new(_values[slot], []);
                counts[next++] = _counts[slot];
            }
        }

        Free();
        Array.Sort(values, counts, type.Comparer);
        return new CategoryDistribution(type, values, counts, present, Missing);
    }

    private int SlotOf(ulong hash, long value, ReadOnlySpan<byte> text)
    {
        int mask = _hashes.Length - 1;
        for (int slot = (int)(hash >> 1) & mask; ; slot = (slot + 1) & mask)
        {
            if (_hashes[slot] == 0)
            {
                return Insert(hash, value, text, slot);
            }

            if (_hashes[slot] == hash
                && (_isText ? _text.Get(_values[slot]).SequenceEqual(text) : _values[slot] == value))
            {
                return slot;
            }
        }
    }

    private int Insert(ulong hash, long value, ReadOnlySpan<byte> text, int slot)
    {
        if (_distinct >= _hashes.Length / 4 * 3)
        {
            if (_hashes.Length == LengthMax)
            {
                _budget.Refuse(_owner, _distinct);
            }

            Resize(_hashes.Length * 2);
            return SlotOf(hash, value, text);
        }

        if (_isText && _text.IsFull(text.Length))
        {
            _budget.Reserve(ByteArena.BlockBytes, _owner, _distinct);
        }

        _distinct++;
        _hashes[slot] = hash;
        _values[slot] = _isText ? _text.Add(text) : value;
        return slot;
    }

    private void Resize(int length)
    {
        _budget.Reserve((long)length * SlotBytes, _owner, _distinct);
        (ulong[] hashes, long[] values, LabelCounts[] counts) = (_hashes, _values, _counts);
        (_hashes, _values, _counts) = (new ulong[length], new long[length], new LabelCounts[length]);
        int mask = length - 1;
        for (int from = 0; from < hashes.Length; from++)
        {
            if (hashes[from] == 0)
            {
                continue;
            }

            int slot = (int)(hashes[from] >> 1) & mask;
            while (_hashes[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            (_hashes[slot], _values[slot], _counts[slot]) = (hashes[from], values[from], counts[from]);
        }

        _budget.Release((long)hashes.Length * SlotBytes);
    }

    private void Free()
    {
        _budget.Release(((long)_hashes.Length * SlotBytes) + _text.Size);
        (_hashes, _values, _counts, _distinct) = ([], [], [], 0);
    }
}
