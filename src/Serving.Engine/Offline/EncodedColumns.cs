using System.Collections.Immutable;
using Serving.Data;
using Serving.Features;

namespace Serving.Engine.Offline;

/// <summary>
/// Writes encoded features as rows (R96): ids as integers, continuous values as floats, several ids as a list.
/// Immutable.
/// </summary>
internal sealed class EncodedColumns
{
    private readonly FeatureColumn[] _columns;

    // For each column its place in a dense row, or -1; else its id column.
    private readonly int[] _densePlaces;
    private readonly int[] _idPlaces;

    /// <summary>Makes the columns of a program.</summary>
    public EncodedColumns(ImmutableArray<FeatureColumn> columns)
    {
        Layout = FeatureLayout.Split(columns);
        _columns = [.. columns];
        _densePlaces = [.. Layout.DensePlaces];
        _idPlaces = [.. Layout.IdPlaces];
        Fields = [.. columns.Select(column => new Field(column.Name, TypeOf(column)))];
    }

    /// <summary>The layout that a feature batch must have.</summary>
    public FeatureLayout Layout { get; }

    /// <summary>The columns as fields.</summary>
    public ImmutableArray<Field> Fields { get; }

    /// <summary>Writes a row's features from a field on.</summary>
    public void Write(FeatureBatch features, int row, RowBatch output, int outputRow, int firstField)
    {
        ReadOnlySpan<double> dense = features.DenseRow(row);
        for (int column = 0; column < _columns.Length; column++)
        {
            int field = firstField + column;
            int place = _densePlaces[column];
            if (place >= 0)
            {
                if (!double.IsNaN(dense[place]))
                {
                    output.Set(outputRow, field, BitConverter.DoubleToInt64Bits(dense[place]));
                }

                continue;
            }

            ReadOnlySpan<uint> ids = features.RowIds(row, _idPlaces[column]);
            if (_columns[column].IsMultiValued)
            {
                WriteList(ids, output, outputRow, field);
            }
            else
            {
                output.Set(outputRow, field, ids[0]);
            }
        }
    }

    private static void WriteList(ReadOnlySpan<uint> ids, RowBatch output, int row, int field)
    {
        output.BeginList();
        foreach (uint id in ids)
        {
            output.AddItem(id);
        }

        output.EndList(row, field);
    }

    private static FieldType TypeOf(FeatureColumn column) => column switch
    {
        { IsDiscrete: false } => new FieldType(ValueKind.Float, Optional: true),
        { IsMultiValued: true } => new FieldType(ValueKind.List, false, 0, ValueKind.Int, column.IdsMax),
        _ => new FieldType(ValueKind.Int),
    };
}
