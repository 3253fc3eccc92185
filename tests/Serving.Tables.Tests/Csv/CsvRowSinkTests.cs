using Serving.Data;
using Xunit;

namespace Serving.Tables.Tests.Csv;

public sealed class CsvRowSinkTests
{
    [Theory]
    [InlineData("x", "x")]
    [InlineData("", "\"\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("\"", "\"\"\"\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("a\rb", "\"a\rb\"")]
    [InlineData(" a ", " a ")]
    [InlineData("a\tb", "a\tb")]
    [InlineData("=cmd()", "=cmd()")]
    public void Write_Text_IsQuotedOnlyWhereR91SaysSo(string text, string expected) =>
        Assert.Equal(
            $"a,b\n{expected},1\n",
            TestTable.Write(TestTable.Batch("a:string? b:int", [text, "1"]), null, TableFormat.Csv));

    [Fact]
    public void Write_EveryKind_HasItsCanonicalText() =>
        Assert.Equal(
            """
            b,i,f,d,s,t,l,m
            true,-5,1E+15,0.50,é,2026-03-02T10:00:00.000Z,"[1,2]","[""a""]"
            ,,,,,,,
            false,0,0.1,-1.00,"",1970-01-01T00:00:00.000Z,[],[]

            """.ReplaceLineEndings("\n"),
            TestTable.Write(
                TestTable.Batch(
                    "b:bool? i:int? f:float? d:d2? s:string? t:time? l:[int]? m:[string]?",
                    ["1", "-5", "1e15", "0.5", "é", "2026-03-02 10:00:00", "[1, 2]", "[\"a\"]"],
                    ["~", "~", "~", "~", "~", "~", "~", "~"],
                    ["false", "0", ".1", "-1", "", "0", "[]", "[]"]),
                null, TableFormat.Csv));

    [Fact]
    public void Write_Tsv_QuotesTabsAndNotCommas() =>
        Assert.Equal(
            "a\tb\n\"x\ty\"\tx,y\n",
            TestTable.Write(TestTable.Batch("a:string b:string", ["x\ty", "x,y"]), null, TableFormat.Tsv));

    [Fact]
    public void Write_KeptColumns_StandBehindTheResults() =>
        Assert.Equal(
            "a,k,l\n1,,\"\"\n",
            TestTable.Write(
                TestTable.Batch("a:int", ["1"]), TestTable.Batch("k:string? l:string?", ["~", ""]), TableFormat.Csv));

    [Fact]
    public void Create_KeptColumnWithTheNameOfAResult_IsRefused() =>
        Assert.Throws<InputException>(() => RowWriter.Create(
            "-", TestTable.Schema("id:int"), TestTable.Schema("id:string?"),
            new RowWriterOptions { Format = TableFormat.Csv }));
}
