using Serving.Data;
using Serving.Data.Windows;

namespace Serving.Features.Tests.Properties;

/// <summary>What one evaluating thread keeps between calls.</summary>
internal sealed record EvaluationMemory(FeatureBatch Features, RowBatch Raw, FeatureFrame Frame)
{
    public static EvaluationMemory Of(FeatureProgram program) =>
        new(new FeatureBatch(), new RowBatch(program.RawSchema), program.CreateFrame());

    public void Evaluate(FeatureProgram program, RowBatch rows, WindowValues? windows, FeatureLayout layout) =>
        program.Evaluate(rows, windows, layout, Features, Frame, Raw);
}
