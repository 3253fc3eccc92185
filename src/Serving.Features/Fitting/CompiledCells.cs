using Serving.Data;
using Serving.Features.Emit;

namespace Serving.Features.Fitting;

/// <summary>Fills chosen cells with compiled code.</summary>
internal sealed class CompiledCells : CellProgram
{
    private readonly CompiledCode _code;
    private readonly OutputColumn[] _columns;

    private CompiledCells(FittingCells cells, FittedStatistics known)
    {
        _code = ProgramCompiler.Compile(cells.Script, known, RuntimeMethods.Default);
        _columns = [.. cells.Cells.Select(cell => _code.Layout.OutputOf(cell, false))];
    }

    /// <summary>A <see cref="CellCompiler"/>.</summary>
    public static CellProgram Compile(FittingCells cells, FittedStatistics known) => new CompiledCells(cells, known);

    public override FeatureFrame CreateFrame() => _code.CreateFrame();

    public override void Evaluate(RowBatch rows, RowBatch values, FeatureFrame frame)
    {
        var memory = (CompiledFrame)frame;
        values.Clear();
        for (int row = 0; row < rows.RowCount; row++)
        {
            memory.Load(rows, row);
            _code.Run(memory);
            RawWriter.Write(memory, _columns, values);
        }
    }
}
