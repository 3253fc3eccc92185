using Serving.Data.Tensors;
using Serving.Models;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>A fill by places in a feature batch instead of names. Immutable.</summary>
internal sealed class FillPlan
{
    private FillPlan(ColumnFill fill, TensorType type, int[] places, bool[] areBits)
    {
        Type = type;
        Places = places;
        AreBits = areBits;
        TakesIds = fill.TakesIds;
        Width = fill.Width;
        Pad = fill.Pad;
    }

    /// <summary>Type of the numbers.</summary>
    public TensorType Type { get; }

    /// <summary>Places in the dense row; of ids the id column, or the place in the dense row of a column of one id.
    /// </summary>
    public int[] Places { get; }

    /// <summary>Which of them are missing bits.</summary>
    public bool[] AreBits { get; }

    /// <summary>Whether the one column gives ids.</summary>
    public bool TakesIds { get; }

    /// <summary>Whether these ids stand in an id column; else the one id is a dense number.</summary>
    public bool HasIdColumn { get; private init; }

    /// <summary>Numbers of a row; 0 for as many ids as there are.</summary>
    public int Width { get; }

    /// <summary>What stands behind the ids of a row that has fewer.</summary>
    public uint Pad { get; }

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
