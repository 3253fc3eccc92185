namespace Serving.Models.Linear.Kernels;

/// <summary>Weights of the ids of one block. Immutable.</summary>
internal interface ISparseWeights
{
    long MemoryBytes { get; }

    /// <summary>
    /// Adds the weights of ids to lanes: the n-th id of a row goes to lane n % 4 of its output, so that four additions
    /// run side by side in an order that no vector width changes. An id outside of the block adds nothing.
    /// </summary>
    /// <param name="ids">Ids of one row.</param>
    /// <param name="first">Ids of the row that came before, in other blocks.</param>
    /// <param name="lanes">[outputs, 4], row-major.</param>
    void Add(ReadOnlySpan<uint> ids, int first, Span<double> lanes);

    /// <summary>Asks the processor to load the weights of ids that are needed soon.</summary>
    void Prefetch(ReadOnlySpan<uint> ids);
}
