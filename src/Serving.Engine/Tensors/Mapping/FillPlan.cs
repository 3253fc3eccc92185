using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>A fill by places in a feature batch instead of names. Immutable.</summary>
internal sealed class FillPlan
{
    // Which of the places are missing bits.
    private readonly bool[] _areBits;

    private FillPlan(ColumnFill fill, TensorType type, int[] places, bool[] areBits)
    {
        Type = type;
        Places = places;
        _areBits = areBits;
        TakesIds = fill.TakesIds;
        Width = fill.Width;
        Pad = fill.Pad;
    }

    /// <summary>Type of the numbers.</summary>
    public TensorType Type { get; }

    /// <summary>Places in the dense row; of ids the id column, or the place in the dense row of a column of one id.
    /// </summary>
    public int[] Places { get; }

    /// <summary>Whether the one column gives ids.</summary>
    public bool TakesIds { get; }

    /// <summary>Whether these ids stand in an id column; else the one id is a dense number.</summary>
    public bool HasIdColumn { get; private init; }

    /// <summary>Numbers of a row; 0 for as many ids as there are.</summary>
    public int Width { get; }

    /// <summary>What stands behind the ids of a row that has fewer.</summary>
    public uint Pad { get; }

    /// <summary>A number of a row: the column's, 0 where it is missing; of a missing bit 1 or 0.</summary>
    /// <param name="dense">The row's dense numbers.</param>
    /// <param name="index">Which of the fill's columns.</param>
    [HotPath]
    public double NumberAt(ReadOnlySpan<double> dense, int index)
    {
        double value = dense[Places[index]];
        bool isMissing = double.IsNaN(value);
        return _areBits[index]
            ? isMissing ? 1 : 0
            : isMissing ? 0 : value;
    }

    /// <summary>Finds the places of a fill among the model's inputs, which stand in the batch's order.</summary>
    public static FillPlan Of(ColumnFill fill, TensorType type, IReadOnlyList<ModelInput> inputs)
    {
        ModelInput[] dense = [.. inputs.Where(input => !input.TakesIds)];
        ModelInput[] ids = [.. inputs.Where(input => input.TakesIds)];
        string first = fill.Columns[0].Name;
        bool hasIdColumn = fill.TakesIds && Array.Exists(ids, input => input.Name == first);
        ModelInput[] among = hasIdColumn ? ids : dense;
        return new FillPlan(
            fill,
            type,
            [.. fill.Columns.Select(column => Array.FindIndex(among, input => input.Name == column.Name))],
            [.. fill.Columns.Select(column => column.IsMissingBit)])
        {
            HasIdColumn = hasIdColumn,
        };
    }
}
