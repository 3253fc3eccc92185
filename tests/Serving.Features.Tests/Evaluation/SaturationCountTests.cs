using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Xunit;

namespace Serving.Features.Tests.Evaluation;

/// <summary>Every saturated result is counted (section 3.4), by both evaluators alike.</summary>
public sealed class SaturationCountTests
{
    [Theory]
    [InlineData("decimal(n, 9)", long.MaxValue, 1)]
    [InlineData("decimal(n, 9)", 9_223_372_036, 0)]
    [InlineData("decimal(n, 0)", long.MinValue, 0)]
    [InlineData("decimal(n * 1.0, 0)", long.MaxValue, 1)]
    [InlineData("decimal(n * 1.0, 0)", long.MinValue, 0)]
    [InlineData("decimal(n * 1e300, 2)", -1, 1)]
    [InlineData("n + 1", long.MaxValue, 1)]
    [InlineData("abs(n)", long.MinValue, 1)]
    [InlineData("floor(n * 1.0)", long.MaxValue, 1)]
    public void SaturationCount_OneResult_CountsIt(string expression, long value, long expected)
    {
        string text = $"features t 1; request r {{ id: string; at: time; n: int; }} id id, time at; "
            + $"feature x = {expression};";
        FeatureScript script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(text), "t.feat", out ImmutableArray<Diagnostic> _)!;
        var rows = new RowBatch(script.Request);
        rows.AddRow();
        rows.Set(0, 0, rows.AddText("a"u8));
        rows.Set(0, 1, 0);
        rows.Set(0, 2, value);
        Assert.Equal(expected, Count(FeatureProgram.Create(script, null), rows));
        Assert.Equal(expected, Count(FeatureProgram.CreateInterpreter(script, null), rows));
    }

    private static long Count(FeatureProgram program, RowBatch rows)
    {
        FeatureFrame frame = program.CreateFrame();
        program.Evaluate(
            rows, FeatureLayout.Split(program.Columns), new FeatureBatch(), frame, new RowBatch(program.RawSchema));
        return frame.SaturationCount;
    }
}
