using System.IO.Hashing;
using System.Numerics;
using Serving.Features.Fitting;

namespace Serving.Features.Emit.Runtime;

/// <summary>
/// Finds a category's place by slot or by text: open addressing, at most half full, linear probing. Immutable; a
/// look-up allocates nothing and probes no further than the longest run that the fitted values made.
/// </summary>
internal sealed class CategoryTable
{
    // Place of a value plus 1; 0 is empty. Address: hash of the value & (length - 1), then the next ones.
    private readonly int[] _places;
    private readonly CategoryValue[] _values;

    /// <summary>Builds the table; result i belongs to value i.</summary>
    public CategoryTable(IReadOnlyList<CategoryValue> values, IReadOnlyList<long> results, long otherwise)
    {
        _values = [.. values];
        Results = [.. results];
        Otherwise = otherwise;
        _places = new int[Math.Max(4, (int)BitOperations.RoundUpToPowerOf2((uint)values.Count * 2))];
        for (int index = 0; index < _values.Length; index++)
        {
            int place = Start(_values[index].Slot, _values[index].Text.AsSpan());
            while (_places[place] != 0)
            {
                place = (place + 1) & (_places.Length - 1);
            }

            _places[place] = index + 1;
        }
    }

    /// <summary>What each value becomes: an id, or the bits of a float.</summary>
    public long[] Results { get; }

    /// <summary>What an unseen value becomes.</summary>
    public long Otherwise { get; }

    public long FindSlot(long slot) => Find(slot, []);

    public long FindText(ReadOnlySpan<byte> text) => Find(0, text);

    private long Find(long slot, ReadOnlySpan<byte> text)
    {
        for (int place = Start(slot, text); ; place = (place + 1) & (_places.Length - 1))
        {
            int index = _places[place] - 1;
            if (index < 0)
            {
                return Otherwise;
            }

            if (_values[index].Slot == slot && text.SequenceEqual(_values[index].Text.AsSpan()))
            {
                return Results[index];
            }
        }
    }

    private int Start(long slot, ReadOnlySpan<byte> text)
    {
        ulong hash = text.IsEmpty ? (ulong)slot * 0x9E3779B97F4A7C15UL : XxHash3.HashToUInt64(text);
        return (int)(hash >> 32) & (_places.Length - 1);
    }
}
