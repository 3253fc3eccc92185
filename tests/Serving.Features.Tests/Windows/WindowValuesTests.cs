using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Tests.Properties;
using Xunit;

namespace Serving.Features.Tests.Windows;

/// <summary>Programs over drawn window values: compiled and interpreted ones give the same bits.</summary>
public sealed class WindowValuesTests
{
    private const int Rounds = 40;
    private const int RowCount = 16;

    [Fact]
    public void DrawnValues_BothEvaluators_GiveTheSameBits()
    {
        FeatureScript script = WindowScripts.Rich;
        for (ulong seed = 1; seed <= Rounds; seed++)
        {
            var choice = new Choice(seed);
            FittedStatistics statistics = StatisticsGenerator.Draw(script, seed);
            RowBatch rows = WindowScripts.Rows(script.Request, RowCount, choice);
            WindowValues windows = WindowScripts.Values(script.Windows, RowCount, choice);
            Assert.Null(Difference.Find(
                FeatureProgram.Create(script, statistics),
                FeatureProgram.CreateInterpreter(script, statistics),
                rows,
                windows));
        }
    }

    [Fact]
    public void JoinedRows_DrawnValues_GiveWhatApartOnesDo()
    {
        FeatureScript script = WindowScripts.Rich;
        var join = new JoinedRows(script);
        Assert.Equal(script.Request.Fields.Length + script.Windows.Values.Fields.Length, join.LabelField);
        for (ulong seed = 1; seed <= Rounds; seed++)
        {
            var choice = new Choice(seed);
            FittedStatistics statistics = StatisticsGenerator.Draw(script, seed);
            RowBatch rows = WindowScripts.Rows(script.Request, RowCount, choice);
            WindowValues windows = WindowScripts.Values(script.Windows, RowCount, choice, allStates: true);
            var joined = new RowBatch(join.Schema);
            for (int row = 0; row < RowCount; row++)
            {
                join.Append(joined, rows, windows, row, row % 3 == 0 ? null : row % 3 == 1);
            }

            // One frame after the other way of giving values: what the first leaves behind must not show.
            FeatureProgram program = FeatureProgram.Create(script, statistics);
            FeatureLayout layout = FeatureLayout.Split(program.Columns);
            var memory = EvaluationMemory.Of(program);
            memory.Evaluate(program, rows, windows, layout);
            string apart = Describe(memory, RowCount);
            memory.Evaluate(program, joined, null, layout);
            Assert.Equal(apart, Describe(memory, RowCount));
            Assert.Null(Difference.Find(
                program, FeatureProgram.CreateInterpreter(script, statistics), joined, null));
        }
    }

    [Fact]
    public void StateMissing_EveryFeatureThatReadsWindows_IsMissing()
    {
        FeatureScript script = WindowScripts.Rich;
        var choice = new Choice(7);
        FittedStatistics statistics = StatisticsGenerator.Draw(script, 7);
        FeatureProgram program = FeatureProgram.Create(script, statistics);
        var memory = EvaluationMemory.Of(program);
        RowBatch rows = WindowScripts.Rows(script.Request, 1, choice);
        WindowValues windows = WindowScripts.Values(script.Windows, 1, choice, allStates: true);
        windows.MarkStateMissing(0);
        FeatureLayout layout = FeatureLayout.Split(program.Columns);
        memory.Evaluate(program, rows, windows, layout);
        for (int column = 0; column < program.Columns.Length; column++)
        {
            string name = program.Columns[column].Name;
            bool isMissing = layout.DensePlaces[column] >= 0
                ? double.IsNaN(memory.Features.DenseRow(0)[layout.DensePlaces[column]])
                : memory.Features.RowIds(0, layout.IdPlaces[column]) is [0];
            Assert.True(isMissing || name is "free" or "tags_h", $"{name} has a value");
        }

        Assert.True(memory.Features.RowIds(0, layout.IdPlaces[program.Columns.Length - 2]) is [> 1], "free is missing");
        Assert.Equal(
            ["free", "tags_h"],
            script.Bound.Features.Select(feature => feature.Name).Where(name => name is "free" or "tags_h"));
        Assert.All(
            Enumerable.Range(0, program.RawSchema.Fields.Length),
            field => Assert.Equal(
                program.RawSchema.Fields[field].Name is "free" or "tags_h", memory.Raw.IsPresent(0, field)));
    }

    [Fact]
    public void Evaluate_WithoutWindowValues_IsRefused()
    {
        FeatureScript script = WindowScripts.Rich;
        FeatureProgram program = FeatureProgram.Create(script, StatisticsGenerator.Draw(script, 1));
        RowBatch rows = WindowScripts.Rows(script.Request, 1, new Choice(1));
        Assert.Throws<ArgumentException>(() => program.Evaluate(
            rows, FeatureLayout.Split(program.Columns), new FeatureBatch(), program.CreateFrame()));
    }

    [Fact]
    public void Evaluate_AfterWarmUp_AllocatesNothing()
    {
        FeatureScript script = WindowScripts.Rich;
        var choice = new Choice(3);
        FeatureProgram program = FeatureProgram.Create(script, StatisticsGenerator.Draw(script, 3));
        var memory = EvaluationMemory.Of(program);
        RowBatch rows = WindowScripts.Rows(script.Request, RowCount, choice);
        WindowValues windows = WindowScripts.Values(script.Windows, RowCount, choice);
        FeatureLayout layout = FeatureLayout.Split(program.Columns);
        memory.Evaluate(program, rows, windows, layout);
        memory.Evaluate(program, rows, windows, layout);
        long before = GC.GetAllocatedBytesForCurrentThread();
        memory.Evaluate(program, rows, windows, layout);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string Describe(EvaluationMemory memory, int rows)
    {
        FeatureBatch found = memory.Features;
        string dense = string.Join(
            ',', found.Dense.Take(rows * found.DenseCount).Select(BitConverter.DoubleToInt64Bits));
        return $"{dense}|{string.Join(',', found.Ids.Take(found.IdCount))}|"
            + string.Join(',', found.IdEnds.Take(rows * found.IdColumnCount));
    }
}
