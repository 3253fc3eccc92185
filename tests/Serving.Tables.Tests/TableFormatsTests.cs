using Serving.Data;
using Xunit;

namespace Serving.Tables.Tests;

public sealed class TableFormatsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.csv", TableFormat.Csv, false)]
    [InlineData("/x.y/a.b.CSV.gz", TableFormat.Csv, true)]
    [InlineData("a.tsv", TableFormat.Tsv, false)]
    [InlineData("a.jsonl.gz", TableFormat.JsonLines, true)]
    [InlineData("a.parquet", TableFormat.Parquet, false)]
    public void Of_Ending_SaysFormatAndPacking(string path, TableFormat expected, bool isZipped)
    {
        Assert.Equal(expected, TableFormats.Of(path, null, out bool found));
        Assert.Equal(isZipped, found);
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a")]
    [InlineData(".gz")]
    [InlineData("a.gz")]
    [InlineData("a.parquet.gz")]
    [InlineData("-")]
    [InlineData("")]
    public void Of_EndingThatSaysNothing_IsRefused(string path) =>
        Assert.Throws<InputException>(() => TableFormats.Of(path, null, out _));

    [Fact]
    public void Open_NoSuchFile_IsRefused()
    {
        foreach (string name in new[] { "x.csv", "x.jsonl", "x.parquet" })
        {
            InputException error = Assert.Throws<InputException>(() =>
                RowReader.Open(_folder.File(name), TestTable.Schema("a:int"), TestTable.Options()));
            Assert.Contains("no such file", error.Message);
        }
    }

    [Fact]
    public void Columns_OfEveryFormat_AreInTheFilesOrder()
    {
        RowBatch rows = TestTable.Batch("b:int a:int", ["1", "2"]);
        foreach (string name in new[] { "x.csv", "x.tsv.gz", "x.jsonl", "x.parquet" })
        {
            string path = TestTable.WriteFile(_folder.File(name), rows);
            Assert.Equal(["b", "a"], RowReader.Columns(path, TestTable.Options()));
        }
    }
}
