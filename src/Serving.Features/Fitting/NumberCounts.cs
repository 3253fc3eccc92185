namespace Serving.Features.Fitting;

/// <summary>
/// Exact counts of the distinct numbers of one feature, with the counts of their labels where an encoder needs them.
/// Open addressing over the bits of the number, linear probing, at most 3/4 full. One thread; tables of several threads
/// are merged, and give the same distribution in any order.
/// </summary>
internal sealed class NumberCounts
{
    // No finite number has these bits (they are a NaN), so they mark an empty slot.
    private const ulong Empty = ulong.MaxValue;
    private const int LengthFirst = 64;

    // Arrays of .NET end before 2^31 elements.
    private const int LengthMax = 1 << 30;

    private readonly MemoryBudget _budget;
    private readonly string _owner;
    private ulong[] _keys = [];
    private long[] _counts = [];
    private long[] _labelled = [];
    private long[] _positives = [];
    private int _distinct;

    public NumberCounts(string owner, bool isLabelled, MemoryBudget budget)
    {
        _owner = owner;
        _budget = budget;
        IsLabelled = isLabelled;
        Resize(LengthFirst);
    }

    public bool IsLabelled { get; }

    /// <summary>Distinct numbers so far.</summary>
    public int Distinct => _distinct;

    /// <summary>Rows without a value.</summary>
    public LabelCounts Missing { get; private set; }

    /// <summary>Counts one number; <paramref name="label"/> is 1, 0, or -1 for none.</summary>
    public void Add(double value, int label)
    {
        int slot = SlotOf(BitConverter.DoubleToUInt64Bits(value));
        _counts[slot]++;
        if (IsLabelled && label >= 0)
        {
            _labelled[slot]++;
            _positives[slot] += label;
        }
    }

    /// <summary>Counts a row without a value.</summary>
    public void AddMissing(int label) => Missing = Missing.With(label);

    /// <summary>Adds the counts of another table, which gives its memory back.</summary>
    public void Merge(NumberCounts other)
    {
        Missing += other.Missing;
        for (int from = 0; from < other._keys.Length; from++)
        {
            if (other._keys[from] != Empty)
            {
                int slot = SlotOf(other._keys[from]);
                _counts[slot] += other._counts[from];
                if (IsLabelled)
                {
                    _labelled[slot] += other._labelled[from];
                    _positives[slot] += other._positives[from];
                }
            }
        }

        other.Free();
    }

    /// <summary>The counts by ascending number; the table gives its memory back.</summary>
    public NumberDistribution ToDistribution()
    {
        double[] values = new double[_distinct];
        var counts = new LabelCounts[_distinct];
        int next = 0;
        for (int slot = 0; slot < _keys.Length; slot++)
        {
            if (_keys[slot] != Empty)
            {
                values[next] = BitConverter.UInt64BitsToDouble(_keys[slot]);
                counts[next++] = IsLabelled
                    ? new LabelCounts(_counts[slot], _labelled[slot], _positives[slot])
                    : new LabelCounts(_counts[slot], 0, 0);
            }
        }

        Free();
        Array.Sort(values, counts);
        return new NumberDistribution(values, counts, Missing);
    }

    private int SlotOf(ulong key)
    {
        int mask = _keys.Length - 1;
        for (int slot = (int)SeededHash.Of(key) & mask; ; slot = (slot + 1) & mask)
        {
            if (_keys[slot] == key)
            {
                return slot;
            }

            if (_keys[slot] == Empty)
            {
                return Insert(key, slot);
            }
        }
    }

    private int Insert(ulong key, int slot)
    {
        if (_distinct >= _keys.Length / 4 * 3)
        {
            if (_keys.Length == LengthMax)
            {
                _budget.Refuse(_owner, _distinct);
            }

            Resize(_keys.Length * 2);
            return SlotOf(key);
        }

        _distinct++;
        _keys[slot] = key;
        return slot;
    }

    private void Resize(int length)
    {
        _budget.Reserve(BytesOf(length), _owner, _distinct);
        (ulong[] keys, long[] counts, long[] labelled, long[] positives) = (_keys, _counts, _labelled, _positives);
        _keys = new ulong[length];
        Array.Fill(_keys, Empty);
        _counts = new long[length];
        _labelled = IsLabelled ? new long[length] : [];
        _positives = IsLabelled ? new long[length] : [];
        int mask = length - 1;
        for (int from = 0; from < keys.Length; from++)
        {
            if (keys[from] == Empty)
            {
                continue;
            }

            int slot = (int)SeededHash.Of(keys[from]) & mask;
            while (_keys[slot] != Empty)
            {
                slot = (slot + 1) & mask;
            }

            _keys[slot] = keys[from];
            _counts[slot] = counts[from];
            if (IsLabelled)
            {
                _labelled[slot] = labelled[from];
                _positives[slot] = positives[from];
            }
        }

        _budget.Release(BytesOf(keys.Length));
    }

    private void Free()
    {
        _budget.Release(BytesOf(_keys.Length));
        (_keys, _counts, _labelled, _positives, _distinct) = ([], [], [], [], 0);
    }

    private long BytesOf(int length) => (long)length * sizeof(long) * (IsLabelled ? 4 : 2);
}
