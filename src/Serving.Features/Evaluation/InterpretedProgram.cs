using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Evaluation;

/// <summary>
/// The reference interpreter: slow and plain, the oracle of the compiled program. It shares with it the bound tree, the
/// column list, XXH64, case folding, zone tables and the elementary functions, and no other arithmetic: ints and
/// decimals are big integers that are clamped, conversions are roundings of exact fractions, missing is null.
/// Immutable and safe for use by several threads, each with a frame of its own.
/// </summary>
internal sealed class InterpretedProgram : FeatureProgram
{
    private readonly BoundScript _bound;
    private readonly FittedStatistics? _statistics;
    private readonly ProgramColumns _columns;

    /// <summary>REQUIRES: the statistics are those of the script, or it needs none.</summary>
    public InterpretedProgram(FeatureScript script, BoundScript bound, FittedStatistics? statistics)
    {
        Script = script;
        _bound = bound;
        _statistics = statistics;
        _columns = ProgramColumns.Of(bound, statistics);
    }

    public override FeatureScript Script { get; }

    public override ImmutableArray<FeatureColumn> Columns => _columns.Encoded;

    public override RowSchema RawSchema => _columns.Raw;

    public override FeatureFrame CreateFrame() => new InterpretedFrame();

    public override void Evaluate(
        RowBatch rows,
        WindowValues? windows,
        FeatureLayout layout,
        FeatureBatch features,
        FeatureFrame frame,
        RowBatch? raw = null)
    {
        RequireWindows(rows, windows);
        int idsMax = Enumerable.Range(0, Columns.Length)
            .Where(column => layout.IdPlaces[column] >= 0)
            .Sum(column => Columns[column].IdsMax);
        features.Reset(rows.RowCount, layout.DenseCount, layout.IdColumnCount, rows.RowCount * idsMax);
        raw?.Reset(RawSchema);
        for (int row = 0; row < rows.RowCount; row++)
        {
            Value?[] cells = InterpretedRow.Evaluate(_bound, _statistics, rows, row, (InterpretedFrame)frame, windows);
            WriteDense(cells, layout, features, row);
            WriteIds(cells, layout, features, row);
            if (raw is not null)
            {
                WriteRaw(cells, raw);
            }
        }
    }

    private void WriteDense(Value?[] cells, FeatureLayout layout, FeatureBatch features, int row)
    {
        for (int column = 0; column < Columns.Length; column++)
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
        if (Columns[column].IsDiscrete)
        {
            return IdsOf(column, cells).Single();
        }

        return cells[_columns.EncodedCells[column].Index] is { } value ? ExactNumber.Of(value).ToDouble() : double.NaN;
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
        Value? value = cells[_columns.EncodedCells[column].Index];
        if (_columns.EncodedCells[column].Type.Kind == TypeKind.Bool)
        {
            // R25: a bool without encoder is id 2 for false and 3 for true, 0 when missing.
            return [value is null ? 0u : value.IsTrue ? 3u : 2u];
        }

        // R101: where the state is missing an encoded value is too, which is id 0; of a list the single one (R74).
        return value is null
            ? [0u]
            : value.Kind == TypeKind.List ? [.. value.Items.Select(id => (uint)id.Whole)] : [(uint)value.Whole];
    }

    private void WriteRaw(Value?[] cells, RowBatch raw)
    {
        int row = raw.AddRow();
        for (int field = 0; field < _columns.RawCells.Length; field++)
        {
            ValueSlot.Write(cells[_columns.RawCells[field].Index], raw, row, field);
        }
    }
}
