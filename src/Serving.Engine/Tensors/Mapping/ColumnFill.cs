using System.Collections.Immutable;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>Which columns fill the numbers of a row, in their order. Immutable.</summary>
/// <param name="Columns">The columns; of ids the one that holds them.</param>
internal sealed record ColumnFill(ImmutableArray<MappedColumn> Columns)
{
    /// <summary>Whether the one column gives several ids: the first <see cref="Length"/>, then the padding.</summary>
    public bool TakesIds { get; init; }

    /// <summary>Whether it was written as one name, which also fills an input of rank 1.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Ids of a row; 0 where any number goes, as in a <c>tf.Example</c> feature without a length.</summary>
    public int Length { get; init; }

    /// <summary>What stands behind the ids of a row that has fewer.</summary>
    public uint Pad { get; init; }

    /// <summary>Numbers of a row.</summary>
    public int Width => TakesIds ? Length : Columns.Length;
}
