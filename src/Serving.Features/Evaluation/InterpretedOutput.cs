using Serving.Data;
using Serving.Features.Types;

namespace Serving.Features.Evaluation;

/// <summary>Writes the encoded columns of one row's cells into a feature batch. Immutable.</summary>
internal sealed class InterpretedOutput(ProgramColumns columns)
{
    /// <summary>Makes a batch ready for so many rows.</summary>
    public void Reset(int rowCount, FeatureLayout layout, FeatureBatch features)
    {
        int idsMax = Enumerable.Range(0, columns.Encoded.Length)
            .Where(column => layout.IdPlaces[column] >= 0)
            .Sum(column => columns.Encoded[column].IdsMax);
        features.Reset(rowCount, layout.DenseCount, layout.IdColumnCount, rowCount * idsMax);
    }

    /// <summary>Writes one row; rows come in their order.</summary>
    public void Write(Value?[] cells, FeatureLayout layout, FeatureBatch features, int row)
    {
        WriteDense(cells, layout, features, row);
        WriteIds(cells, layout, features, row);
    }

    private void WriteDense(Value?[] cells, FeatureLayout layout, FeatureBatch features, int row)
    {
        for (int column = 0; column < columns.Encoded.Length; column++)
        {
            if (layout.DensePlaces[column] >= 0)
            {
                features.Dense[(row * layout.DenseCount) + layout.DensePlaces[column]] = DenseOf(column, cells);
            }
        }
    }

    // Ids as numbers; a missing continuous value as NaN, the only place where one exists.
    private double DenseOf(int column, Value?[] cells)
    {
        if (columns.Encoded[column].IsDiscrete)
        {
            return IdsOf(column, cells).Single();
        }

        return cells[columns.EncodedCells[column].Index] is { } value ? ExactNumber.Of(value).ToDouble() : double.NaN;
    }

    private void WriteIds(Value?[] cells, FeatureLayout layout, FeatureBatch features, int row)
    {
        for (int place = 0; place < layout.IdColumnCount; place++)
        {
            int column = layout.IdPlaces.IndexOf(place);
            foreach (uint id in column < 0 ? [] : IdsOf(column, cells))
            {
                features.Ids[features.IdCount++] = id;
            }

            features.IdEnds[(row * layout.IdColumnCount) + place] = features.IdCount;
        }
    }

    private uint[] IdsOf(int column, Value?[] cells)
    {
        Value? value = cells[columns.EncodedCells[column].Index];
        if (columns.EncodedCells[column].Type.Kind == TypeKind.Bool)
        {
            // R25: a bool without encoder is id 2 for false and 3 for true, 0 when missing.
            return [value is null ? 0u : value.IsTrue ? 3u : 2u];
        }

        // R101: where the state is missing an encoded value is too, which is id 0; of a list the single one (R74).
        return value is null
            ? [0u]
            : value.Kind == TypeKind.List ? [.. value.Items.Select(id => (uint)id.Whole)] : [(uint)value.Whole];
    }
}
