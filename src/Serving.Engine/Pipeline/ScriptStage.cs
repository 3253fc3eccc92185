using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features;

namespace Serving.Engine.Pipeline;

/// <summary>Features by a script's program, compiled or interpreted.</summary>
internal sealed class ScriptStage : FeatureStage
{
    private readonly FeatureProgram _program;
    private readonly FeatureLayout _layout;

    /// <summary>Makes the stage of a program whose columns go where the layout says.</summary>
    public ScriptStage(FeatureProgram program, RowSchema rows, ImmutableArray<int> labelFields, FeatureLayout layout)
    {
        _program = program;
        _layout = layout;
        Rows = rows;
        LabelFields = labelFields;
        UsedRaw =
        [
            .. Enumerable.Range(0, program.Columns.Length)
                .Where(column => layout.DensePlaces[column] >= 0 || layout.IdPlaces[column] >= 0)
                .Select(column => program.RawPlaces[column]).Distinct(),
        ];
    }

    public override RowSchema Rows { get; }

    public override ImmutableArray<int> LabelFields { get; }

    public override RowSchema RawSchema => _program.RawSchema;

    public override ImmutableArray<int> UsedRaw { get; }

    public override FeatureFrame? CreateFrame() => _program.CreateFrame();

    [HotPath]
    public override (int Row, int Field) Evaluate(
        RowBatch rows, WindowValues? windows, FeatureBatch features, FeatureFrame? frame, RowBatch? raw)
    {
        raw?.Clear();
        _program.Evaluate(rows, windows, _layout, features, frame!, raw);
        return (-1, -1);
    }

    public override void Encode(RowBatch raw, int row, bool isStateMissing, FeatureBatch features) =>
        _program.CreateRawEncoder().Encode(raw, row, isStateMissing, _layout, features);
}
