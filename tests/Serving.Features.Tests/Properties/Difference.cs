using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serving.Data;

namespace Serving.Features.Tests.Properties;

/// <summary>Where two evaluators of one script give different bits for a row; null where they do not.</summary>
internal sealed record Difference(int Row, string Column, string Left, string Right)
{
    public static FeatureScript Compile(ScriptCase drawn)
    {
        FeatureScript? script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(drawn.Script), "drawn.feat", out ImmutableArray<Diagnostic> found);
        return script ?? throw new InvalidOperationException($"{string.Join('\n', found)}\n{drawn.Script}");
    }

    /// <summary>Evaluates by both and compares raw values, ids and dense numbers, in several layouts.</summary>
    public static Difference? Find(ScriptCase drawn, Func<FeatureScript, FittedStatistics, FeatureProgram> left)
    {
        FeatureScript script = Compile(drawn);
        FittedStatistics statistics = StatisticsGenerator.Draw(script, drawn.Seed);
        RowBatch rows = drawn.ToBatch(script.Request);
        FeatureProgram one = left(script, statistics);
        FeatureProgram other = FeatureProgram.CreateInterpreter(script, statistics);
        FeatureLayout split = FeatureLayout.Split(other.Columns);
        return Find(one, other, rows, split)
            ?? Find(one, other, rows, DenseLayout(other.Columns))
            ?? Find(one, other, rows, Reversed(split));
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

    private static Difference? Find(FeatureProgram left, FeatureProgram right, RowBatch rows, FeatureLayout layout)
    {
        var features = (new FeatureBatch(), new FeatureBatch());
        var raw = (new RowBatch(left.RawSchema), new RowBatch(right.RawSchema));
        left.Evaluate(rows, layout, features.Item1, left.CreateFrame(), raw.Item1);
        right.Evaluate(rows, layout, features.Item2, right.CreateFrame(), raw.Item2);
        for (int row = 0; row < rows.RowCount; row++)
        {
            for (int field = 0; field < right.RawSchema.Fields.Length; field++)
            {
                if (Of(row, right.RawSchema.Fields[field].Name, Raw(raw.Item1, row, field), Raw(raw.Item2, row, field)) is { } found)
                {
                    return found;
                }
            }

            for (int column = 0; column < right.Columns.Length; column++)
            {
                string name = right.Columns[column].Name;
                if (Of(row, name, Encoded(features.Item1, layout, row, column), Encoded(features.Item2, layout, row, column)) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }

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
            ? $"[{string.Join(',', raw.GetList(row, field).ToArray().Select(item => Slot(raw, type.ElementKind, item)))}]"
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
