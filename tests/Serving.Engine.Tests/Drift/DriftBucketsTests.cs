using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Engine.Drift;
using Xunit;

namespace Serving.Engine.Tests.Drift;

public sealed class DriftBucketsTests
{
    // The vectors against a search one border and one text at a time.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Count_RowsOfEveryKind_EqualsAPlainSearch(int seed)
    {
        (RowBatch rows, double[] scores) = DriftRows.Draw(3_000, seed);
        DriftBaseline baseline = DriftRows.Baseline(rows, scores);
        (rows, scores) = DriftRows.Draw(2_000, seed + 100, shift: 3);
        var columns = new DriftColumns(DriftRows.Schema);
        long[] counts = new long[columns.CellCount];

        DriftBuckets.Of(columns, baseline).Count(rows, scores, 1, counts);

        Assert.Equal(Plain(columns, baseline, rows, scores), counts);
        Assert.Equal(2_000, DriftComparison.RowsOf(columns, counts));
    }

    [Fact]
    public void Count_BordersAndBeyond_AreLeftClosed()
    {
        var columns = new DriftColumns(new RowSchema("r", [new Field("x", new FieldType(ValueKind.Float))]));
        var column = new BaselineColumn("x", false, [1, 2], [], [1, 1, 1], 0, 0);
        var buckets = DriftBuckets.Of(columns, new DriftBaseline(3, [column, column with { Name = "score" }]));
        long[] counts = new long[columns.CellCount];
        var rows = new RowBatch(new RowSchema("r", [new Field("x", new FieldType(ValueKind.Float))]));
        double[] values = [double.MinValue, Math.BitDecrement(1), 1, Math.BitDecrement(2), 2, double.MaxValue];
        foreach (double value in values)
        {
            rows.Set(rows.AddRow(), 0, BitConverter.DoubleToInt64Bits(value));
        }

        buckets.Count(rows, values, 1, counts);

        Assert.Equal([0L, 2L, 2L, 2L], columns.CellsOf(0, counts)[..4].ToArray());
        Assert.Equal([0L, 2L, 2L, 2L], columns.CellsOf(1, counts)[..4].ToArray());
    }

    [Fact]
    public void Count_AfterWarmUp_AllocatesNothing()
    {
        (RowBatch rows, double[] scores) = DriftRows.Draw(500, 1);
        var columns = new DriftColumns(DriftRows.Schema);
        var buckets = DriftBuckets.Of(columns, DriftRows.Baseline(rows, scores));
        long[] counts = new long[columns.CellCount];
        buckets.Count(rows, scores, 1, counts);

        long before = GC.GetAllocatedBytesForCurrentThread();
        buckets.Count(rows, scores, 1, counts);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static long[] Plain(DriftColumns columns, DriftBaseline baseline, RowBatch rows, double[] scores)
    {
        long[] counts = new long[columns.CellCount];
        for (int row = 0; row < rows.RowCount; row++)
        {
            for (int column = 0; column < columns.Count; column++)
            {
                columns.CellsOf(column, counts)[CellOf(columns, baseline, rows, scores, row, column)]++;
            }
        }

        return counts;
    }

    private static int TextCell(BaselineColumn known, string value) =>
        known.Values.IndexOf(value) is >= 0 and int index ? index + 2 : 1;

    private static int CellOf(
        DriftColumns columns, DriftBaseline baseline, RowBatch rows, double[] scores, int row, int column)
    {
        BaselineColumn known = baseline.Columns[column];
        if (column == rows.FieldCount)
        {
            return 1 + known.Borders.Count(border => border <= scores[row]);
        }

        if (!rows.IsPresent(row, column))
        {
            return 0;
        }

        long slot = rows.Get(row, column);
        FieldType type = columns.Types[column];
        switch (type.Kind)
        {
            case ValueKind.String:
                return TextCell(known, Encoding.UTF8.GetString(rows.TextOf(slot)));
            case ValueKind.Digest:
                return TextCell(known, slot.ToString("x16", CultureInfo.InvariantCulture));
            case ValueKind.Decimal:
                return 1 + known.Borders.Count(border => (decimal)border <= slot / 100m);
            case ValueKind.List:
                return 1 + known.Borders.Count(border => border <= rows.GetList(row, column).Length);
            case ValueKind.Float:
                return 1 + known.Borders.Count(border => border <= BitConverter.Int64BitsToDouble(slot));
            default:
                return 1 + known.Borders.Count(border => border <= slot);
        }
    }
}
