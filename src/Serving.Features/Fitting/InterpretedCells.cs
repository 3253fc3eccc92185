using System.Collections.Immutable;
using Serving.Data;
using Serving.Features.Binding.Tree;
using Serving.Features.Evaluation;

namespace Serving.Features.Fitting;

/// <summary>Evaluates chosen expressions with the reference interpreter.</summary>
internal sealed class InterpretedCells : CellProgram
{
    private readonly BoundScript _script;
    private readonly FittedStatistics _known;
    private readonly ImmutableArray<BoundExpression> _wanted;
    private readonly CellUse _use;

    private InterpretedCells(BoundScript script, FittedStatistics known, ImmutableArray<BoundExpression> wanted)
    {
        _script = script;
        _known = known;
        _wanted = wanted;
        _use = CellUse.Of(script, wanted);
    }

    /// <summary>A <see cref="CellCompiler"/>.</summary>
    public static CellProgram Compile(
        FeatureScript script, FittedStatistics known, ImmutableArray<BoundExpression> wanted) =>
        new InterpretedCells(script.Bound, known, wanted);

    public override FeatureFrame CreateFrame() => new InterpretedFrame();

    public override void Evaluate(RowBatch rows, RowBatch values, FeatureFrame frame)
    {
        values.Clear();
        for (int row = 0; row < rows.RowCount; row++)
        {
            Value?[] found = InterpretedRow.Evaluate(
                _script, _known, rows, row, (InterpretedFrame)frame, _use, _wanted);
            int to = values.AddRow();
            for (int field = 0; field < found.Length; field++)
            {
                ValueSlot.Write(found[field], values, to, field);
            }
        }
    }
}
