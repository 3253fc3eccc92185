using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Emit;

namespace Serving.Features.Windows;

/// <summary>The conditions of a log, compiled when they are first asked for and then kept.</summary>
internal sealed class ConditionCompiler(FeatureScript script, LogDefinition definition)
{
    private readonly Lazy<ImmutableArray<Func<IRecordCondition>>> _compiled =
        new(() => Compile(script, definition));

    /// <summary>The conditions with memory for one thread.</summary>
    public ImmutableArray<IRecordCondition> Create() =>
        [.. _compiled.Value.Select(create => create())];

    private static ImmutableArray<Func<IRecordCondition>> Compile(FeatureScript script, LogDefinition definition)
    {
        KeyedLog log = definition.Log;
        var records = new RowSchema("records", [.. log.Columns.Select(column => new Field(column.Text, column.Type))]);
        SlotLayout layout = SlotLayout.OfConditions(log.Columns.Length, script.Request);
        return
        [
            .. definition.Conditions.Select<BoundExpression, Func<IRecordCondition>>(condition =>
            {
                if (EqualityCondition.Of(condition) is { } equality)
                {
                    return () => equality;
                }

                CellScript cells = CellScript.Of(script.Bound, records, [condition]);
                CompiledCode code = ProgramCompiler.Compile(cells.Script, layout, null, RuntimeMethods.Default);
                int slot = layout.SlotOf(cells.Cells[0]);
                return () => new RecordCondition(code, slot);
            }),
        ];
    }
}
