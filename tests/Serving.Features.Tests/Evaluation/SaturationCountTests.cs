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
        (FeatureScript script, RowBatch rows) = Case(expression, value);
        Assert.Equal(expected, Count(FeatureProgram.Create(script, null), rows));
        Assert.Equal(expected, Count(FeatureProgram.CreateInterpreter(script, null), rows));
    }

    // Nothing behind a missing operand is evaluated, one branch of `if`, and `??` on its right only where needed.
    [Theory]
    [InlineData("(n + 1) + m", 1)]
    [InlineData("m + (n + 1)", 0)]
    [InlineData("(n + 1) * 2 > m", 2)]
    [InlineData("m > (n + 1)", 0)]
    [InlineData("m > 0 and n + 1 > 0", 0)]
    [InlineData("n + 1 < 0 and n + 1 > 0", 2)]
    [InlineData("min(m, n + 1)", 0)]
    [InlineData("min(n + 1, m, n + 1)", 1)]
    [InlineData("if n > 0 then n else n + 1", 0)]
    [InlineData("n ?? n + 1", 0)]
    [InlineData("m ?? n + 1", 1)]
    [InlineData("(m + (n + 1)) is missing", 0)]
    public void SaturationCount_OperandsBehindAMissingOne_AreNotEvaluated(string expression, long expected)
    {
        (FeatureScript script, RowBatch rows) = Case(expression, long.MaxValue);
        Assert.Equal(expected, Count(FeatureProgram.Create(script, null), rows));
        Assert.Equal(expected, Count(FeatureProgram.CreateInterpreter(script, null), rows));
    }

    private static (FeatureScript Script, RowBatch Rows) Case(string expression, long value)
    {
        string text = $"features t 1; request r {{ id: string; at: time; n: int; m: int?; }} id id, time at; "
            + $"feature x = {expression};";
        FeatureScript script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(text), "t.feat", out ImmutableArray<Diagnostic> _)!;
        var rows = new RowBatch(script.Request);
        rows.AddRow();
        rows.Set(0, 0, rows.AddText("a"u8));
        rows.Set(0, 1, 0);
        rows.Set(0, 2, value);
        return (script, rows);
    }

    private static long Count(FeatureProgram program, RowBatch rows)
    {
        FeatureFrame frame = program.CreateFrame();
        program.Evaluate(
            rows, FeatureLayout.Split(program.Columns), new FeatureBatch(), frame, new RowBatch(program.RawSchema));
        return frame.SaturationCount;
    }
}
