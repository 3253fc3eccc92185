using Serving.Data;
using Serving.Features.Emit;

namespace Serving.Features.Fitting;

/// <summary>Fills chosen cells with compiled code.</summary>
internal sealed class CompiledCells : CellProgram
{
    private readonly CompiledCode _code;
    private readonly OutputColumn[] _columns;
    private readonly int _slotCount;

    private CompiledCells(FittingCells cells, FittedStatistics known)
    {
        _code = ProgramCompiler.Compile(cells.Script, known, RuntimeMethods.Default);
        int fields = cells.Script.Request.Fields.Length;
        _slotCount = fields + cells.Script.CellCount;
        _columns = [.. cells.Cells.Select(cell =>
            new OutputColumn(fields + cell.Index, cell.Type.Kind, cell.Type.Scale, false, cell.Type.Element))];
    }

    /// <summary>A <see cref="CellCompiler"/>.</summary>
    public static CellProgram Compile(FittingCells cells, FittedStatistics known) => new CompiledCells(cells, known);

    public override FeatureFrame CreateFrame() => new CompiledFrame(_slotCount, _code.Constants, _code.Tables);

    public override void Evaluate(RowBatch rows, RowBatch values, FeatureFrame frame)
    {
        var memory = (CompiledFrame)frame;
        values.Clear();
        for (int row = 0; row < rows.RowCount; row++)
        {
            memory.Load(rows, row);
            foreach (Action<CompiledFrame> step in _code.Steps)
            {
                step(memory);
            }

            RawWriter.Write(memory, _columns, values);
        }
    }
}
