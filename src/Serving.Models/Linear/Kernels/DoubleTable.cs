namespace Serving.Models.Linear.Kernels;

/// <summary>A direct table in binary64 [ids, outputs], row-major; for blocks that are small or well filled.</summary>
internal sealed class DoubleTable(double[] weights, int outputs) : ISparseWeights
{
    public long MemoryBytes => weights.Length * 8L;

    public static DoubleTable Of(uint size, ReadOnlySpan<uint> ids, ReadOnlySpan<double> listed, int outputs)
    {
        double[] weights = new double[size * (long)outputs];
        bool[] seen = new bool[size];
        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] >= size || seen[ids[i]])
            {
                throw new ArgumentException($"id {ids[i]} is not below {size}, or listed twice");
            }

            seen[ids[i]] = true;
            listed.Slice(i * outputs, outputs).CopyTo(weights.AsSpan((int)ids[i] * outputs));
        }

        return new DoubleTable(weights, outputs);
    }

    public void Add(ReadOnlySpan<uint> ids, int first, Span<double> lanes)
    {
        for (int i = 0; i < ids.Length; i++)
        {
            long start = ids[i] * (long)outputs;
            if (start >= weights.Length)
            {
                continue;
            }

            int lane = (first + i) % SparseLanes.Count;
            for (int k = 0; k < outputs; k++)
            {
                lanes[(k * SparseLanes.Count) + lane] += weights[start + k];
            }
        }
    }

    public void Prefetch(ReadOnlySpan<uint> ids)
    {
        // Tables of this kind stay in the cache.
    }
}
