using System.Collections.Immutable;
using System.Globalization;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Evaluation;
using Serving.Features.Tests.Properties;
using Serving.Features.Windows;
using Xunit;

namespace Serving.Features.Tests.Windows;

/// <summary>What records hold, and conditions over them, against the reference interpreter.</summary>
public sealed class LogProgramTests
{
    private const int Rounds = 20;
    private const int RowCount = 12;

    [Fact]
    public void Columns_DrawnEvents_AreWhatTheInterpreterFinds()
    {
        FeatureScript script = WindowScripts.Rich;
        for (ulong seed = 1; seed <= Rounds; seed++)
        {
            foreach (LogDefinition definition in Definitions(script))
            {
                RowSchema schema = definition.Log.Event.Schema;
                RowBatch events = WindowScripts.Rows(schema, RowCount, new Choice(seed));
                RowBatch found = ColumnsOf(script, definition, events);
                RowBatch expected = Interpret(script, schema, definition.Columns, events);
                Assert.Equal(Describe(expected), Describe(found));
            }
        }
    }

    [Fact]
    public void Conditions_DrawnRecords_AreWhatTheInterpreterFinds()
    {
        FeatureScript script = WindowScripts.Rich;
        int conditions = 0;
        int held = 0;
        for (ulong seed = 1; seed <= Rounds; seed++)
        {
            foreach (LogDefinition definition in Definitions(script))
            {
                var choice = new Choice(seed);
                RowBatch records = ColumnsOf(
                    script, definition, WindowScripts.Rows(definition.Log.Event.Schema, RowCount, choice));
                RowBatch requests = WindowScripts.Rows(script.Request, RowCount, choice);
                ImmutableArray<IRecordCondition> compiled = script.CreateConditions(definition.Log);
                Assert.Equal(definition.Log.ConditionCount, compiled.Length);
                for (int place = 0; place < compiled.Length; place++)
                {
                    conditions++;
                    for (int request = 0; request < RowCount; request++)
                    {
                        bool[] holds = new bool[RowCount];
                        compiled[place].Evaluate(records, requests, request, holds);
                        Assert.Equal(Interpret(script, definition, place, records, requests, request), holds);
                        held += holds.Count(one => one);
                    }
                }
            }
        }

        // A test in which no condition ever holds would not tell much.
        Assert.True(conditions > 0 && held > 0, "no condition held");
    }

    [Fact]
    public void Evaluate_AfterWarmUp_AllocatesNothing()
    {
        FeatureScript script = WindowScripts.Rich;
        foreach (LogDefinition definition in Definitions(script))
        {
            var choice = new Choice(5);
            RowBatch events = WindowScripts.Rows(definition.Log.Event.Schema, RowCount, choice);
            RowBatch requests = WindowScripts.Rows(script.Request, 1, choice);
            LogProgram program = script.CreateLogProgram(definition.Log);
            FeatureFrame frame = program.CreateFrame();
            var columns = new RowBatch(program.Columns);
            ImmutableArray<IRecordCondition> conditions = script.CreateConditions(definition.Log);
            bool[] holds = new bool[RowCount];
            long before = 0;
            for (int round = 0; round < 3; round++)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
                program.Evaluate(events, columns, frame);
                foreach (IRecordCondition condition in conditions)
                {
                    condition.Evaluate(columns, requests, 0, holds);
                }
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static ImmutableArray<LogDefinition> Definitions(FeatureScript script) =>
        ScriptWindows.Of(script.Bound).Logs is { } fresh
            ? [.. fresh.Zip(Logs(script), (definition, log) => definition with { Log = log })]
            : [];

    private static IEnumerable<KeyedLog> Logs(FeatureScript script) => script.AnyLabel is { } label
        ? script.Windows.Logs.Append(label.Log)
        : script.Windows.Logs;

    private static RowBatch ColumnsOf(FeatureScript script, LogDefinition definition, RowBatch events)
    {
        LogProgram program = script.CreateLogProgram(definition.Log);
        var columns = new RowBatch(program.Columns);
        program.Evaluate(events, columns, program.CreateFrame());
        return columns;
    }

    private static RowBatch Interpret(
        FeatureScript script, RowSchema schema, ImmutableArray<BoundExpression> values, RowBatch rows)
    {
        CellScript cells = CellScript.Of(script.Bound, schema, values);
        var found = new RowBatch(new RowSchema("found", [.. values.Select((value, index) =>
            new Field(index.ToString(CultureInfo.InvariantCulture), value.Type.ToFieldType()))]));
        var frame = new InterpretedFrame();
        for (int row = 0; row < rows.RowCount; row++)
        {
            Value?[] one = InterpretedRow.Evaluate(cells.Script, null, rows, row, frame);
            found.AddRow();
            for (int field = 0; field < one.Length; field++)
            {
                ValueSlot.Write(one[field], found, row, field);
            }
        }

        return found;
    }

    // One row of record and request together, over which now.x is a field like any other.
    private static bool[] Interpret(
        FeatureScript script,
        LogDefinition definition,
        int place,
        RowBatch records,
        RowBatch requests,
        int request)
    {
        int columns = definition.Log.Columns.Length;
        var schema = new RowSchema("both",
        [
            .. records.Schema.Fields,
            .. requests.Schema.Fields.Select(field => new Field("now." + field.Name, field.Type)),
        ]);
        BoundExpression condition = OverBoth(definition.Conditions[place], columns);
        var rows = new RowBatch(schema);
        for (int record = 0; record < records.RowCount; record++)
        {
            int to = rows.AddRow();
            Copy(records, record, rows, to, 0);
            Copy(requests, request, rows, to, columns);
        }

        RowBatch found = Interpret(script, schema, [condition], rows);
        return [.. Enumerable.Range(0, records.RowCount).Select(row => found.Get(row, 0) == 1)];
    }

    private static BoundExpression OverBoth(BoundExpression node, int columns) => node is BoundNowField now
        ? new BoundField(columns + now.Field, now.Name, now.Type)
        : BoundRewriting.WithOperands(node, child => OverBoth(child, columns));

    private static void Copy(RowBatch from, int row, RowBatch to, int toRow, int offset)
    {
        for (int field = 0; field < from.FieldCount; field++)
        {
            ValueKind kind = from.Schema.Fields[field].Type.Kind;
            if (from.IsPresent(row, field) && kind != ValueKind.List)
            {
                long slot = kind == ValueKind.String ? to.AddText(from.GetText(row, field)) : from.Get(row, field);
                to.Set(toRow, offset + field, slot);
            }
        }
    }

    private static string Describe(RowBatch rows) => string.Join('\n', Enumerable.Range(0, rows.RowCount).Select(row =>
        string.Join(',', Enumerable.Range(0, rows.FieldCount).Select(field => !rows.IsPresent(row, field)
            ? "missing"
            : rows.Schema.Fields[field].Type.Kind == ValueKind.String
                ? Convert.ToHexString(rows.GetText(row, field))
                : rows.Get(row, field).ToString(CultureInfo.InvariantCulture)))));
}
