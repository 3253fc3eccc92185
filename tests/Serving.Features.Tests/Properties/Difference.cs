using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.Features.Tests.Properties;

/// <summary>
/// Where two evaluators of one script give different bits for a row, or count other saturations up to it; null where
/// they do not.
/// </summary>
internal sealed record Difference(int Row, string Column, string Left, string Right)
{
    public static FeatureScript Compile(ScriptCase drawn)
    {
        FeatureScript? script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(drawn.Script), "drawn.feat", out ImmutableArray<Diagnostic> found);
        return script ?? throw new InvalidOperationException($"{string.Join('\n', found)}\n{drawn.Script}");
    }

    /// <summary>Evaluates by both and compares raw values, ids, dense numbers and counts, in several layouts.</summary>
    public static Difference? Find(ScriptCase drawn, Func<FeatureScript, FittedStatistics, FeatureProgram> left)
    {
        FeatureScript script = Compile(drawn);
        FittedStatistics statistics = StatisticsGenerator.Draw(script, drawn.Seed);
        RowBatch rows = drawn.ToBatch(script.Request);
        return Find(left(script, statistics), FeatureProgram.CreateInterpreter(script, statistics), rows, null);
    }

    /// <summary>Evaluates rows with their window values by two programs of one script.</summary>
    public static Difference? Find(FeatureProgram one, FeatureProgram other, RowBatch rows, WindowValues? windows)
    {
        FeatureLayout split = FeatureLayout.Split(other.Columns);

        // The memory is used again, as a server does: what one evaluation leaves behind must not show in the next.
        (EvaluationMemory, EvaluationMemory) memory = (EvaluationMemory.Of(one), EvaluationMemory.Of(other));
        FeatureLayout[] layouts = [split, DenseLayout(other.Columns), Reversed(split)];
        return layouts.Select(layout => Find((one, other), memory, rows, windows, layout))
            .FirstOrDefault(found => found is not null);
    }

    private static FeatureLayout Reversed(FeatureLayout layout) => new(
        [.. layout.DensePlaces.Select(place => place < 0 ? -1 : layout.DenseCount - 1 - place)],
        [.. layout.IdPlaces.Select(place => place < 0 ? -1 : layout.IdColumnCount - 1 - place)]);

    // Every column that has one value in a row is dense, in reverse order; the others are id columns.
    private static FeatureLayout DenseLayout(ImmutableArray<FeatureColumn> columns)
    {
        int dense = columns.Count(column => !column.IsMultiValued);
        int ids = 0;
        ImmutableArray<int> densePlaces = [.. columns.Select(column => column.IsMultiValued ? -1 : --dense)];
        return new FeatureLayout(densePlaces, [.. columns.Select(column => column.IsMultiValued ? ids++ : -1)]);
    }

    private static Difference? Find(
        (FeatureProgram Left, FeatureProgram Right) programs,
        (EvaluationMemory Left, EvaluationMemory Right) memory,
        RowBatch rows,
        WindowValues? windows,
        FeatureLayout layout)
    {
        memory.Left.Evaluate(programs.Left, rows, windows, layout);
        memory.Right.Evaluate(programs.Right, rows, windows, layout);
        return Enumerable.Range(0, rows.RowCount)
            .Select(row => FindRaw(memory, row) ?? FindEncoded(programs.Right.Columns, memory, layout, row))
            .FirstOrDefault(found => found is not null)
            ?? Of(
                rows.RowCount - 1,
                "saturated results of all rows",
                $"{memory.Left.Frame.SaturationCount}",
                $"{memory.Right.Frame.SaturationCount}");
    }

    private static Difference? FindRaw((EvaluationMemory Left, EvaluationMemory Right) memory, int row) =>
        Enumerable.Range(0, memory.Right.Raw.FieldCount)
            .Select(field => Of(
                row,
                memory.Right.Raw.Schema.Fields[field].Name,
                Raw(memory.Left.Raw, row, field),
                Raw(memory.Right.Raw, row, field)))
            .FirstOrDefault(found => found is not null);

    private static Difference? FindEncoded(
        ImmutableArray<FeatureColumn> columns,
        (EvaluationMemory Left, EvaluationMemory Right) memory,
        FeatureLayout layout,
        int row) =>
        Enumerable.Range(0, columns.Length)
            .Select(column => Of(
                row,
                columns[column].Name,
                Encoded(memory.Left.Features, layout, row, column),
                Encoded(memory.Right.Features, layout, row, column)))
            .FirstOrDefault(found => found is not null);

    private static Difference? Of(int row, string column, string left, string right) =>
        left == right ? null : new Difference(row, column, left, right);

    private static string Encoded(FeatureBatch features, FeatureLayout layout, int row, int column) =>
        layout.DensePlaces[column] >= 0
            ? FloatBits(BitConverter.DoubleToInt64Bits(features.DenseRow(row)[layout.DensePlaces[column]]))
            : $"ids [{string.Join(',', features.RowIds(row, layout.IdPlaces[column]).ToArray())}]";

    private static string Raw(RowBatch raw, int row, int field)
    {
        if (!raw.IsPresent(row, field))
        {
            return "missing";
        }

        FieldType type = raw.Schema.Fields[field].Type;
        return type.Kind == ValueKind.List
            ? "[" + string.Join(
                ',', raw.GetList(row, field).ToArray().Select(item => Slot(raw, type.ElementKind, item))) + "]"
            : Slot(raw, type.Kind, raw.Get(row, field));
    }

    private static string Slot(RowBatch raw, ValueKind kind, long slot) => kind switch
    {
        ValueKind.String => $"\"{Encoding.UTF8.GetString(raw.TextOf(slot))}\" {Convert.ToHexString(raw.TextOf(slot))}",
        ValueKind.Float => FloatBits(slot),
        _ => slot.ToString(CultureInfo.InvariantCulture),
    };

    private static string FloatBits(long bits) =>
        string.Create(CultureInfo.InvariantCulture, $"{BitConverter.Int64BitsToDouble(bits):R} ({bits:x16})");
}
