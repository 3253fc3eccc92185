using System.Text;
using Serving.Data;
using Serving.Engine.Drift;

namespace Serving.Engine.Tests.Drift;

/// <summary>Rows of features of every kind that drift tells apart, drawn with a seed.</summary>
internal static class DriftRows
{
    public static RowSchema Schema { get; } = new("txn",
    [
        new Field("ratio", new FieldType(ValueKind.Float)),
        new Field("amount", new FieldType(ValueKind.Decimal, Optional: true, Scale: 2)),
        new Field("count", new FieldType(ValueKind.Int)),
        new Field("foreign", new FieldType(ValueKind.Bool)),
        new Field("country", new FieldType(ValueKind.String, Optional: true)),
        new Field("cross", new FieldType(ValueKind.Digest)),
        new Field("tags", new FieldType(ValueKind.List, ElementKind: ValueKind.Int, ListMaximum: 4)),
    ]);

    /// <summary>Rows with a tenth of two columns missing; <paramref name="shift"/> moves the ratio alone.</summary>
    public static (RowBatch Rows, double[] Scores) Draw(int count, int seed, double shift = 0)
    {
        var random = new Random(seed);
        var rows = new RowBatch(Schema);
        double[] scores = new double[count];
        for (int row = 0; row < count; row++)
        {
            rows.AddRow();
            Set(rows, row, random, shift);
            scores[row] = random.NextDouble();
        }

        return (rows, scores);
    }

    /// <summary>The baseline of rows, by the code that packs it.</summary>
    public static DriftBaseline Baseline(RowBatch rows, double[] scores)
    {
        var columns = new DriftColumns(Schema);
        ColumnBuilder[] builders = [.. Enumerable.Range(0, columns.Count)
            .Select(column => new ColumnBuilder(columns.Names[column], columns.IsText(column)))];
        for (int row = 0; row < rows.RowCount; row++)
        {
            for (int column = 0; column < rows.FieldCount; column++)
            {
                Add(builders[column], rows, row, column);
            }

            builders[^1].Add(scores[row]);
        }

        return new DriftBaseline(rows.RowCount, [.. builders.Select(builder => builder.Build())]);
    }

    private static void Set(RowBatch rows, int row, Random random, double shift)
    {
        rows.Set(row, 0, BitConverter.DoubleToInt64Bits(Math.Exp(random.NextDouble() * 4) + shift));
        if (random.Next(10) > 0)
        {
            rows.Set(row, 1, random.Next(-5_000, 100_000));
        }

        rows.Set(row, 2, random.Next(3));
        rows.Set(row, 3, random.Next(10) == 0 ? 1 : 0);
        if (random.Next(10) > 0)
        {
            rows.SetText(row, 4, Encoding.UTF8.GetBytes($"c{(int)Math.Sqrt(random.Next(20_000))}"));
        }

        rows.Set(row, 5, random.Next(5) * 0x1234_5678_9ABC_DEF1L);
        rows.BeginList();
        for (int item = random.Next(4); item > 0; item--)
        {
            rows.AddItem(item);
        }

        rows.EndList(row, 6);
    }

    private static void Add(ColumnBuilder builder, RowBatch rows, int row, int column)
    {
        long slot = rows.Get(row, column);
        if (!rows.IsPresent(row, column))
        {
            builder.AddMissing();
        }
        else if (column == 4)
        {
            builder.Add(Encoding.UTF8.GetString(rows.TextOf(slot)));
        }
        else if (column == 5)
        {
            builder.Add(slot.ToString("x16"));
        }
        else
        {
            ValueKind kind = Schema.Fields[column].Type.Kind;
            builder.Add(kind == ValueKind.Decimal ? slot / 100.0 : DriftBuckets.NumberOf(kind, slot));
        }
    }
}
