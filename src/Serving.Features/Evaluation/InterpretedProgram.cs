using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;

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
    private readonly InterpretedOutput _output;

    /// <summary>REQUIRES: the statistics are those of the script, or it needs none.</summary>
    public InterpretedProgram(FeatureScript script, BoundScript bound, FittedStatistics? statistics)
    {
        Script = script;
        _bound = bound;
        _statistics = statistics;
        _columns = ProgramColumns.Of(bound, statistics);
        _output = new InterpretedOutput(_columns);
    }

    public override FeatureScript Script { get; }

    public override ImmutableArray<FeatureColumn> Columns => _columns.Encoded;

    public override RowSchema RawSchema => _columns.Raw;

    public override ImmutableArray<int> RawPlaces => _columns.RawPlaces;

    public override FeatureFrame CreateFrame() => new InterpretedFrame();

    public override RawEncoder CreateRawEncoder() => new(_bound, _statistics, _columns);

    public override void Evaluate(
        RowBatch rows,
        WindowValues? windows,
        FeatureLayout layout,
        FeatureBatch features,
        FeatureFrame frame,
        RowBatch? raw = null)
    {
        RequireWindows(rows, windows);
        _output.Reset(rows.RowCount, layout, features);
        raw?.Reset(RawSchema);
        for (int row = 0; row < rows.RowCount; row++)
        {
            Value?[] cells = InterpretedRow.Evaluate(_bound, _statistics, rows, row, (InterpretedFrame)frame, windows);
            _output.Write(cells, layout, features, row);
            if (raw is not null)
            {
                WriteRaw(cells, raw);
            }
        }
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
