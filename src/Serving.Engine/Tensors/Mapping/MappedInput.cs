using System.Collections.Immutable;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>An input of a tensor model and what fills it: columns, or the features of an example. Immutable.</summary>
/// <param name="Index">Its place among the signature's inputs.</param>
/// <param name="Rank">Dimensions of the tensor that is given: 1 is [rows], 2 is [rows, numbers].</param>
/// <param name="Fill">Its columns; null where it parses a <c>tf.Example</c>.</param>
/// <param name="Example">Features of its example; empty of other inputs.</param>
internal sealed record MappedInput(
    int Index, int Rank, ColumnFill? Fill, ImmutableArray<MappedFeature> Example)
{
    /// <summary>All fills of the input.</summary>
    public IEnumerable<ColumnFill> Fills => Fill is null ? Example.Select(feature => feature.Fill) : [Fill];
}
