using Serving.Data;
using Serving.Engine.Offline;
using Xunit;

namespace Serving.Engine.Tests.Offline;

public sealed class RowFilterTests
{
    private static readonly RowSchema Schema = new(
        "r",
        [new Field("text", new FieldType(ValueKind.String, true)), new Field("at", new FieldType(ValueKind.Time))]);

    [Theory]
    [InlineData(null, null, "0 1 2 3 4 5")]
    [InlineData(20L, null, "2 3 4 5")]
    [InlineData(null, 20L, "0 1")]
    [InlineData(10L, 40L, "1 2 3")]
    [InlineData(60L, null, "")]
    public void Apply_Borders_KeepsFromInclusiveToUntilExclusive(long? from, long? until, string expected)
    {
        RowBatch rows = Make();
        RowBatch kept = Make();
        RowFilter.Of(new OfflineOptions { FromMs = from, UntilMs = until }, 1)?.Apply(rows, kept, null);
        Assert.Equal(expected, Texts(rows));
        Assert.Equal(expected, Texts(kept));
    }

    private static RowBatch Make()
    {
        var rows = new RowBatch(Schema);
        for (int row = 0; row < 6; row++)
        {
            rows.AddRow();
            rows.SetText(row, 0, System.Text.Encoding.UTF8.GetBytes($"{row}"));
            rows.Set(row, 1, row * 10);
        }

        return rows;
    }

    private static string Texts(RowBatch rows) => string.Join(' ', Enumerable.Range(0, rows.RowCount)
        .Select(row => System.Text.Encoding.UTF8.GetString(rows.GetText(row, 0))));
}
