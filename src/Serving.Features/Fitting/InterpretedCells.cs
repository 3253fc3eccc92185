using Serving.Data;
using Serving.Features.Evaluation;

namespace Serving.Features.Fitting;

/// <summary>Fills chosen cells with the reference interpreter: the oracle of <see cref="CompiledCells"/>.</summary>
internal sealed class InterpretedCells(FittingCells cells, FittedStatistics known) : CellProgram
{
    /// <summary>A <see cref="CellCompiler"/>.</summary>
    public static CellProgram Compile(FittingCells cells, FittedStatistics known) => new InterpretedCells(cells, known);

    public override FeatureFrame CreateFrame() => new InterpretedFrame();

    public override void Evaluate(RowBatch rows, RowBatch values, FeatureFrame frame)
    {
        values.Clear();
        for (int row = 0; row < rows.RowCount; row++)
        {
            Value?[] found = InterpretedRow.Evaluate(cells.Script, known, rows, row, (InterpretedFrame)frame);
            int to = values.AddRow();
            for (int field = 0; field < cells.Cells.Length; field++)
            {
                ValueSlot.Write(found[cells.Cells[field].Index], values, to, field);
            }
        }
    }
}
