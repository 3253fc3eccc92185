using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Tensors;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>
/// Whether the columns of a fill are numbers of a tensor's type, without loss. Notes all that are not.
/// </summary>
internal sealed class FillCheck(MappingColumns columns, ImmutableArray<InputProblem>.Builder problems)
{
    /// <summary>Checks a fill of a place of a type.</summary>
    public void Check(string place, ColumnFill fill, TensorType type)
    {
        if (type == TensorType.Text)
        {
            Add(place, "columns, which are numbers", "a string input that parses tf.Example, or an input of numbers");
            return;
        }

        foreach (MappedColumn column in fill.Columns)
        {
            if (columns.Find(column.Name) is { } found)
            {
                CheckColumn(place, column, found, fill, type);
            }
            else
            {
                Add(place, $"no column '{column.Name}'", $"one of {columns.Listed}");
            }
        }

        if (fill.TakesIds && fill.Pad > GreatestOf(type))
        {
            Add(place, $"padding {fill.Pad}", $"a number that {TensorTypes.NameOf(type)} holds");
        }
    }

    private void CheckColumn(string place, MappedColumn named, FeatureColumn column, ColumnFill fill, TensorType type)
    {
        if (named.IsMissingBit)
        {
            if (column.IsDiscrete)
            {
                Add(place, $"the missing bit of '{column.Name}', a column of ids", "one of a continuous column",
                    "where an id is missing the column itself is 0");
            }
        }
        else if (!column.IsDiscrete)
        {
            if (fill.TakesIds)
            {
                Add(place, $"the continuous column '{column.Name}' as ids", "a column of ids");
            }
            else if (!TensorTypes.IsFloat(type))
            {
                Add(place, $"the continuous column '{column.Name}'",
                    $"a column of ids, since {TensorTypes.NameOf(type)} would narrow it");
            }
        }
        else
        {
            CheckIds(place, column, fill, type);
        }
    }

    private void CheckIds(string place, FeatureColumn column, ColumnFill fill, TensorType type)
    {
        if (column.IsMultiValued && !fill.TakesIds)
        {
            Add(place, $"column '{column.Name}' of several ids", "a column of one number",
                $"write {{\"ids\": \"{column.Name}\", \"length\": N}}");
        }

        bool isTruth = type == TensorType.Bool && columns.IsBool(column.Name);
        if (!isTruth && column.Size - 1 > GreatestOf(type))
        {
            Add(place, $"ids up to {column.Size - 1} of column '{column.Name}'",
                $"at most {GreatestOf(type)}, which {TensorTypes.NameOf(type)} holds exactly");
        }
    }

    // The greatest number up to which every whole one is exact.
    private static ulong GreatestOf(TensorType type) => type switch
    {
        TensorType.Float16 => 1UL << 11,
        TensorType.Float32 => 1UL << 24,
        TensorType.Int8 => (ulong)sbyte.MaxValue,
        TensorType.UInt8 => byte.MaxValue,
        TensorType.Int16 => (ulong)short.MaxValue,
        TensorType.UInt16 => ushort.MaxValue,
        TensorType.Int32 => int.MaxValue,
        TensorType.Bool => 1,
        _ => uint.MaxValue,
    };

    private void Add(string place, string found, string expected, string advice = "") =>
        problems.Add(new InputProblem(place, found, expected, advice));
}
