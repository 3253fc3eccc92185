using Serving.Models.Linear.Kernels;

namespace Serving.Models.Linear;

/// <summary>
/// Weights of one id input: ids 0 .. <see cref="Size"/> - 1, each with one weight per output. Immutable.
/// </summary>
public sealed class IdBlock
{
    /// <summary>Ids at most: a hash of 2^28 buckets and the two ids before them.</summary>
    public const uint SizeMax = (1u << 28) + 2;

    private IdBlock(string name, uint size, ISparseWeights weights)
    {
        Name = name;
        Size = size;
        Weights = weights;
    }

    /// <summary>Name of the input.</summary>
    public string Name { get; }

    /// <summary>Number of ids.</summary>
    public uint Size { get; }

    /// <summary>Memory of the weights, in bytes.</summary>
    public long MemoryBytes => Weights.MemoryBytes;

    internal ISparseWeights Weights { get; }

    /// <summary>A block of listed weights; ids that are not listed weigh 0.</summary>
    /// <param name="name">Name of the input.</param>
    /// <param name="size">Number of ids.</param>
    /// <param name="ids">Listed ids, each once, each below <paramref name="size"/>.</param>
    /// <param name="weights">[listed ids, outputs], row-major, finite.</param>
    /// <param name="outputCount">Outputs of the model.</param>
    /// <exception cref="ArgumentException">An id is not below the size, or listed twice.</exception>
    public static IdBlock OfList(
        string name, uint size, ReadOnlySpan<uint> ids, ReadOnlySpan<double> weights, int outputCount)
    {
        // A table is the fastest, and takes memory in proportion to what was listed, or little.
        const long smallTable = 65_536;
        bool asTable = size <= Math.Max(smallTable, 4L * ids.Length) && (long)size * outputCount <= int.MaxValue / 2;
        return new IdBlock(name, size, asTable
            ? DoubleTable.Of(size, ids, weights, outputCount)
            : HashedWeights.Of(size, ids, weights, outputCount));
    }

    /// <summary>A block of a whole table in binary32, as a file holds it.</summary>
    /// <param name="name">Name of the input.</param>
    /// <param name="size">Number of ids.</param>
    /// <param name="weights">[size, outputs], row-major, finite; kept, so it must not change.</param>
    /// <param name="outputCount">Outputs of the model.</param>
    public static IdBlock OfTable(string name, uint size, float[] weights, int outputCount) =>
        (long)size * outputCount == weights.Length
            ? new IdBlock(name, size, new SingleTable(weights, outputCount))
            : throw new ArgumentException($"{weights.Length} weights for {size} ids of {outputCount} outputs");
}
