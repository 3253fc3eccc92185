using System.Numerics;
using System.Security.Cryptography;

namespace Serving.Models.Linear.Kernels;

/// <summary>
/// Listed weights of a great block, by open addressing with a seeded hash: memory in proportion to the list, and no
/// list
/// of ids can make look-ups slow.
/// </summary>
internal sealed class HashedWeights : ISparseWeights
{
    private readonly int _outputs;
    private readonly uint _factor = (uint)RandomNumberGenerator.GetInt32(int.MaxValue) | 1;
    private readonly int _shift;

    /// <summary>Id + 1 of each place; 0 is a free place.</summary>
    private readonly uint[] _ids;

    /// <summary>[places, outputs], row-major.</summary>
    private readonly double[] _weights;

    private HashedWeights(int count, int outputs)
    {
        int places = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(count * 2, 2));
        _outputs = outputs;
        _shift = 32 - BitOperations.Log2((uint)places);
        _ids = new uint[places];
        _weights = new double[(long)places * outputs];
    }

    public long MemoryBytes => (_ids.Length * 4L) + (_weights.Length * 8L);

    public static HashedWeights Of(uint size, ReadOnlySpan<uint> ids, ReadOnlySpan<double> listed, int outputs)
    {
        HashedWeights table = new(ids.Length, outputs);
        for (int i = 0; i < ids.Length; i++)
        {
            int place = table.PlaceOf(ids[i]);
            if (ids[i] >= size || table._ids[place] != 0)
            {
                throw new ArgumentException($"id {ids[i]} is not below {size}, or listed twice");
            }

            table._ids[place] = ids[i] + 1;
            listed.Slice(i * outputs, outputs).CopyTo(table._weights.AsSpan(place * outputs));
        }

        return table;
    }

    public void Add(ReadOnlySpan<uint> ids, int first, Span<double> lanes)
    {
        for (int i = 0; i < ids.Length; i++)
        {
            int place = PlaceOf(ids[i]);
            int lane = (first + i) % SparseLanes.Count;
            for (int k = 0; k < _outputs; k++)
            {
                lanes[(k * SparseLanes.Count) + lane] += _weights[(place * _outputs) + k];
            }
        }
    }

    public void Prefetch(ReadOnlySpan<uint> ids)
    {
        // A probe's place is not known before it is read.
    }

    /// <summary>The place of an id, or the free place where it would be, whose weights are 0.</summary>
    private int PlaceOf(uint id)
    {
        uint mask = (uint)_ids.Length - 1;
        uint place = (id * _factor) >> _shift;
        while (_ids[place & mask] != 0 && _ids[place & mask] != id + 1)
        {
            place++;
        }

        return (int)(place & mask);
    }
}
