using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Scoring;
using Serving.Features.Tests.Properties;
using Serving.Features.Tests.Windows;
using Xunit;

namespace Serving.Features.Tests.Scoring;

/// <summary>Expressions beside a script: what they may name, and that both evaluators agree about them.</summary>
public sealed class ScoredExpressionsTests
{
    private const int Rounds = 20;
    private const int RowCount = 16;

    [Fact]
    public void DrawnRows_BothEvaluators_GiveTheSame()
    {
        FeatureScript script = WindowScripts.Rich;
        ImmutableArray<ScoredExpression> sources =
        [
            Condition("score >= 0.5"),
            Condition("a > 100.00 and b"),
            Condition("counts[1h] > 3"),
            Condition("rel > 1.0 or score < 0.1"),
            Condition("usual is missing"),
            Condition("is_big"),
            Condition("sums_1h > 10 or sums_1d_q4 > 10"),
            Condition("m is missing or k in [\"a\", \"b\"]"),
            Condition("fold(name) == \"none\""),
            Condition("hour(at) > 8"),
            Number("a"),
            Number("(counts[1d] ?? 0) * 2 + n"),
            Number("if b ?? false then 3 else score * f"),
        ];
        for (ulong seed = 1; seed <= Rounds; seed++)
        {
            var choice = new Choice(seed);
            ScoredExpressions expressions = ScoredExpressions.Bind(
                script, StatisticsGenerator.Draw(script, seed), sources, out ImmutableArray<Diagnostic> found)!;
            Assert.Empty(found);
            RowBatch rows = WindowScripts.Rows(script.Request, RowCount, choice);
            WindowValues windows = WindowScripts.Values(script.Windows, RowCount, choice);
            FeatureFrame frame = expressions.CreateFrame();
            for (int row = 0; row < RowCount; row++)
            {
                double score = row / 10.0;
                expressions.Evaluate(rows, windows, row, score, frame);
                for (int place = 0; place < sources.Length; place++)
                {
                    double? expected = expressions.Interpret(rows, windows, row, score, place);
                    double? value = sources[place].Kind == ScoredKind.Number
                        ? expressions.NumberOf(frame, place)
                        : expressions.IsTrue(frame, place) ? 1 : 0;
                    Assert.True(
                        (expected ?? 0) == value,
                            $"seed {seed}, row {row}, {sources[place].Text}: {value}, {expected}");
                }
            }
        }
    }

    [Fact]
    public void State_Missing_ConditionsSeeMissingValues()
    {
        FeatureScript script = WindowScripts.Rich;
        ScoredExpressions expressions = ScoredExpressions.Bind(
            script,
            StatisticsGenerator.Draw(script, 1),
            [Condition("counts[1h] >= 0"), Condition("counts[1h] is missing"), Number("counts[1h] ?? 7")],
            out _)!;
        var choice = new Choice(1);
        RowBatch rows = WindowScripts.Rows(script.Request, 2, choice);
        WindowValues windows = WindowScripts.Values(script.Windows, 2, choice, allStates: true);
        windows.MarkStateMissing(1);
        FeatureFrame frame = expressions.CreateFrame();

        expressions.Evaluate(rows, windows, 0, 0.5, frame);
        Assert.True(expressions.IsTrue(frame, 0));
        Assert.False(expressions.IsTrue(frame, 1));
        expressions.Evaluate(rows, windows, 1, 0.5, frame);
        Assert.False(expressions.IsTrue(frame, 0));
        Assert.True(expressions.IsTrue(frame, 1));
        Assert.Equal(7, expressions.NumberOf(frame, 2));
    }

    // A feature of several sizes and one behind encoders are read before them; both show that it is the raw value.
    [Fact]
    public void Feature_WithEncoders_IsTheValueBeforeThem()
    {
        FeatureScript script = Fitting.Scripts.Compile("""
            features t 1;
            request r { id: string; at: time; a: decimal(2); } id id, time at;
            feature sized = a -> quantiles(2, 4);
            feature bucket = a -> edges(10, 100);
            """);
        ScoredExpressions expressions = ScoredExpressions.Bind(
            script, null, [Condition("sized == 12.50"), Condition("bucket == 12.50")], out _)!;
        var rows = new RowBatch(script.Request);
        rows.AddRow();
        rows.SetText(0, 0, "1"u8);
        rows.Set(0, 1, 0);
        rows.Set(0, 2, 1250);
        FeatureFrame frame = expressions.CreateFrame();
        expressions.Evaluate(rows, null, 0, 0, frame);
        Assert.True(expressions.IsTrue(frame, 0));
        Assert.True(expressions.IsTrue(frame, 1));
    }

    [Theory]
    [InlineData(ScoredKind.Condition, "a >", "E001")]
    [InlineData(ScoredKind.Condition, "true; false", "E001")]
    [InlineData(ScoredKind.Condition, "nobody > 1", "E002")]
    [InlineData(ScoredKind.Condition, "a", "E005")]
    [InlineData(ScoredKind.Condition, "count() over w > 1", "E006")]
    [InlineData(ScoredKind.Condition, "counts > 1", "E052")]
    [InlineData(ScoredKind.Condition, "y", "E062")]
    [InlineData(ScoredKind.Number, "b", "E005")]
    [InlineData(ScoredKind.Number, "m", "E005")]
    [InlineData(ScoredKind.Number, "counts[1h]", "E005")]
    [InlineData(ScoredKind.Number, "a / n", "E005")]
    public void Bind_WrongExpression_IsPlaced(ScoredKind kind, string text, string code)
    {
        ScoredExpressions? expressions = ScoredExpressions.Bind(
            WindowScripts.Rich, null, [Condition("score > 0.5"), new ScoredExpression("here", text, kind)],
            out ImmutableArray<Diagnostic> diagnostics);
        Assert.Null(expressions);
        Diagnostic found = Assert.Single(diagnostics);
        Assert.Equal((code, "here", 1), (found.Code, found.Path, found.Line));
    }

    [Fact]
    public void Bind_WithoutScript_ReadsFields()
    {
        var rows = new RowSchema("m", [new Field("x", new FieldType(ValueKind.Float, Optional: true))]);
        ScoredExpressions expressions = ScoredExpressions.Bind(
            rows, [Condition("x > 1.0 and score > 0.5"), Number("x ?? 2")], out _)!;
        Assert.True(expressions.ReadsScore(0));
        Assert.False(expressions.ReadsScore(1));
        var batch = new RowBatch(rows);
        batch.AddRow();
        batch.AddRow();
        batch.SetFloat(0, 0, 1.5);
        FeatureFrame frame = expressions.CreateFrame();
        expressions.Evaluate(batch, null, 0, 0.6, frame);
        Assert.True(expressions.IsTrue(frame, 0));
        expressions.Evaluate(batch, null, 1, 0.6, frame);
        Assert.False(expressions.IsTrue(frame, 0));
        Assert.Equal(2, expressions.NumberOf(frame, 1));
    }

    [Fact]
    public void Evaluate_AfterWarmUp_AllocatesNothing()
    {
        FeatureScript script = WindowScripts.Rich;
        ScoredExpressions expressions = ScoredExpressions.Bind(
            script, StatisticsGenerator.Draw(script, 1),
            [Condition("fold(name) == s and score > 0.5"), Number("(counts[1h] ?? 0) * a")], out _)!;
        var choice = new Choice(3);
        RowBatch rows = WindowScripts.Rows(script.Request, RowCount, choice);
        WindowValues windows = WindowScripts.Values(script.Windows, RowCount, choice);
        FeatureFrame frame = expressions.CreateFrame();
        EvaluateAll(expressions, rows, windows, frame);
        long before = GC.GetAllocatedBytesForCurrentThread();
        EvaluateAll(expressions, rows, windows, frame);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void EvaluateAll(
        ScoredExpressions expressions, RowBatch rows, WindowValues windows, FeatureFrame frame)
    {
        for (int row = 0; row < RowCount; row++)
        {
            expressions.Evaluate(rows, windows, row, 0.5, frame);
        }
    }

    private static ScoredExpression Condition(string text) => new("rule", text, ScoredKind.Condition);

    private static ScoredExpression Number(string text) => new("cost", text, ScoredKind.Number);
}
