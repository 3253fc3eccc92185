using System.IO.Compression;
using System.Text;
using CsCheck;
using Serving.Data;
using Xunit;

namespace Serving.Tables.Tests.Csv;

public sealed class CsvRowSourceTests
{
    // Columns a (string?) and b (int?); rows as they must be read, joined by blanks here.
    [Theory]
    [InlineData("a,b\nx,1\n", "x|1")]
    [InlineData("a,b\nx,1", "x|1")]
    [InlineData("a,b\r\nx,1\r\ny,2\r\n", "x|1 y|2")]
    [InlineData("a,b\r\nx,1\r\ny,2", "x|1 y|2")]
    [InlineData("a,b\r\nx,1\r\ny,2\r", "x|1 y|2")]
    [InlineData("\uFEFFa,b\nx,1\n", "x|1")]
    [InlineData("\uFEFF\"a\",b\nx,1\n", "x|1")]
    [InlineData("b,a\n1,x\n", "x|1")]
    [InlineData("a,b\n,\n", "~|~")]
    [InlineData("a,b\n\"\",\n", "|~")]
    [InlineData("a,b\n\"\",", "|~")]
    [InlineData("a,b\n\"x\",\"1\"\n", "x|1")]
    [InlineData("a,b\n\"x\",\"1\"\r\n", "x|1")]
    [InlineData("a,b\n\"x,y\",1\n", "x,y|1")]
    [InlineData("a,b\n\"x\"\"y\",1\n", "x\"y|1")]
    [InlineData("a,b\n\"\"\"\",1\n", "\"|1")]
    [InlineData("a,b\n\"x\r\ny\",1\nz,2\n", "x\r\ny|1 z|2")]
    [InlineData("a,b\n\"\n\",1\n", "\n|1")]
    [InlineData("a,b\nx\"y,1\nz\",2\n", "x\"y|1 z\"|2")]
    [InlineData("a,b\nx\ry,1\n", "x\ry|1")]
    [InlineData("a,b\n\nx,1\n\n\r\ny,2\n\n", "x|1 y|2")]
    [InlineData("a,b\n", "")]
    [InlineData("a,b", "")]
    [InlineData("\"a\",\"b\"\nx,1\n", "x|1")]
    [InlineData("a,b\n,1\n\"x\",2\n", "~|1 x|2")]
    public void Read_WellFormedText_GivesItsRowsAtEveryChunkSize(string text, string expected)
    {
        foreach (int chunkBytes in new[] { 1, 2, 3, 5, 8, 1000 })
        {
            List<string> rows = TestTable.Read(text, "a:string? b:int?", with: o => o with { ChunkBytes = chunkBytes });
            Assert.Equal(expected, string.Join(' ', rows));
        }
    }

    [Theory]
    [InlineData("a,b\nx,1,2\n", "stdin:2: found 3 cells, expected 2 cells")]
    [InlineData("a,b\nx\n", "stdin:2: found 1 cells, expected 2 cells")]
    [InlineData("a,b\ny,1\n\"x\n", "stdin:3, column 'a': found a quote that is never closed, before 'x\\n'")]
    [InlineData("a,b\n\"x\"y,1\n", "stdin:2, column 'a': found text behind the closing quote of 'x'")]
    [InlineData("a,b\n\"x\" ,1\n", "stdin:2, column 'a': found text behind the closing quote of 'x'")]
    [InlineData("a,b\n\"p\nq\",1\nx,1.5\n", "stdin:4, column 'b': found '1.5', expected int?")]
    [InlineData("a,b\nx,\"\"\n", "stdin:2, column 'b': found an empty cell in quotes")]
    [InlineData("a,a\nx,1\n", "stdin: found the column 'a' at places 1 and 2, expected every column name once")]
    [InlineData("", "stdin:1: found an empty file, expected a line with the names of the columns")]
    [InlineData("\n", "stdin:1: found a blank line")]
    [InlineData("\"a,b\n", "stdin:1: found the name 'a,b\\n' at place 1 of the header")]
    public void Read_WrongText_NamesThePlaceAndWhatIsWrong(string text, string expected)
    {
        foreach (int chunkBytes in new[] { 1, 3, 1000 })
        {
            InputException error = Assert.Throws<InputException>(() =>
                TestTable.Read(text, "a:string? b:int?", with: o => o with { ChunkBytes = chunkBytes }));
            Assert.StartsWith(expected, error.Message);
        }
    }

    [Fact]
    public void Read_MissingColumns_AreAllNamedBeforeTheFirstRow()
    {
        InputException error = Assert.Throws<InputException>(() =>
            TestTable.Read("x,y\n1,2\n", "a:string b:int c:int?"));

        Assert.Equal(2, error.ProblemCount);
        Assert.Contains("no column 'a'", error.Message);
        Assert.Contains("--rename b=COLUMN", error.Message);
        Assert.Contains("columns are x, y", error.Message);
    }

    [Fact]
    public void Read_MissingColumnOfAnOptionalField_IsMissing() =>
        Assert.Equal(["x|~"], TestTable.Read("a\nx\n", "a:string b:int?"));

    [Fact]
    public void Read_EmptyCellOfARequiredField_IsRefusedWithAdvice()
    {
        InputException error = Assert.Throws<InputException>(() => TestTable.Read("a,b\nx,\n", "a:string b:int"));

        Assert.Equal(
            "stdin:2, column 'b': found an empty cell, expected int; fill it in, or declare int?", error.Message);
    }

    [Fact]
    public void Read_ManyWrongCells_ShowsFiftyAndCountsTheRest()
    {
        string text = "a,b\n" + string.Concat(Enumerable.Repeat("x,y\n", 80));

        InputException error = Assert.Throws<InputException>(() => TestTable.Read(text, "a:string? b:int?"));

        Assert.Equal(80, error.ProblemCount);
        Assert.Equal(50, error.Problems.Length);
        Assert.EndsWith("... and 30 more", error.Message);
    }

    [Fact]
    public void Read_ExtraColumns_GiveOneNotice()
    {
        var notices = new List<string>();

        TestTable.Read("a,x,b,y\n1,2,3,4\n5,6,7,8\n", "a:string b:int", with: o => o with { Notice = notices.Add });

        Assert.Equal(["stdin: ignored 2 columns that 'r' does not declare: x, y"], notices);
    }

    [Fact]
    public void Read_Renames_MapNumberAndFill() =>
        Assert.Equal(
            ["1|p|2020-01-01T00:00:00.000Z|1|k", "2|q|2020-01-01T00:00:00.000Z|2|k"],
            TestTable.Read("A,z\np,1\n\nq,2\n", "id:int a:string at:time row:string? c:string?", with: o => o with
            {
                ChunkBytes = 1,
                Renames = o.Renames.Add("id", "@row").Add("a", "A").Add("at", "@2020-01-01T00:00:00Z")
                    .Add("row", "@row").Add("c", "@k").Add("other", "nowhere"),
            }));

    [Fact]
    public void Read_ConstantThatDoesNotFit_IsRefused()
    {
        InputException error = Assert.Throws<InputException>(() => TestTable.Read(
            "a\n1\n", "a:int b:int c:time", with: o =>
            o with { Renames = o.Renames.Add("b", "@x").Add("c", "@row") }));

        Assert.Equal(2, error.ProblemCount);
    }

    [Fact]
    public void Read_RenamedColumnThatIsAbsent_IsRefusedEvenForAnOptionalField() =>
        Assert.Throws<InputException>(() => TestTable.Read("a\n1\n", "a:int b:int?", with: o =>
            o with { Renames = o.Renames.Add("b", "B") }));

    [Fact]
    public void Read_KeptColumns_AreUnchangedText() =>
        Assert.Equal(
            ["1||01.50|~|1", "2||||2", "3||x\"y|~|3"],
            TestTable.Read(
                "a,k,l\n1,01.50,\n2,\"\",\"\"\n3,\"x\"\"y\",\n", "a:int",
                with: o => o with { Keep = ["k", "l", "a"] }));

    [Fact]
    public void Read_OneColumn_BlankLineIsAMissingCell() =>
        Assert.Equal(["x", "~", "y"], TestTable.Read("a\nx\n\ny\n", "a:string?"));

    [Fact]
    public void Read_Tsv_SplitsAtTabsAlone() =>
        Assert.Equal(
            ["x,y|1", "t\tt|2"],
            TestTable.Read("a\tb\nx,y\t1\n\"t\tt\"\t2\n", "a:string? b:int?", TableFormat.Tsv));

    [Fact]
    public void Read_Utf16_IsRefusedByName()
    {
        byte[] bytes = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("a,b\n")];
        InputException error = Assert.Throws<InputException>(() =>
            TestTable.Read(bytes, TestTable.Schema("a:string?"), TableFormat.Csv));
        Assert.Contains("UTF-16", error.Message);
    }

    [Fact]
    public void Read_NotUtf8_IsMissingWhereOptionalElseRefused()
    {
        byte[] bytes = [.. "a,b\n"u8, 0xFF, (byte)',', (byte)'1', (byte)'\n'];

        Assert.Equal(["~|1"], TestTable.Read(bytes, TestTable.Schema("a:string? b:int"), TableFormat.Csv));
        Assert.Throws<InputException>(() => TestTable.Read(bytes, TestTable.Schema("a:string b:int"), TableFormat.Csv));
    }

    [Fact]
    public void Read_QuoteThatSwallowsTheFile_IsBounded()
    {
        byte[] bytes = new byte[40 << 20];
        "a,b\n\""u8.CopyTo(bytes);

        InputException error = Assert.Throws<InputException>(() =>
            TestTable.Read(bytes, TestTable.Schema("a:string? b:int?"), TableFormat.Csv));

        Assert.StartsWith("stdin:2: found a record of more than 16 MiB", error.Message);
    }

    [Fact]
    public void Read_DamagedGzip_IsRefusedAndNotHalfRead()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            IEnumerable<string> lines = Enumerable.Range(0, 5000).Select(n => $"x{n},{n}\n");
            gzip.Write(Encoding.UTF8.GetBytes("a,b\n" + string.Concat(lines)));
        }

        byte[] whole = packed.ToArray();
        Assert.Equal(5000, ReadZipped(whole).Count);
        foreach (int length in new[] { whole.Length - 1, whole.Length - 8, whole.Length / 2, 15 })
        {
            Assert.Throws<InputException>(() => ReadZipped(whole[..length]));
        }

        whole[whole.Length / 2] ^= 0x55;
        Assert.Throws<InputException>(() => ReadZipped(whole));
    }

    [Fact]
    public void Read_AnyBytes_GivesRowsOrAnInputException()
    {
        Gen<byte> hostile = Gen.OneOf(Gen.Byte, Gen.Int[0, 11].Select(place => (byte)"\"\"\n\r,,a1.\t{}"[place]));
        Gen.Select(hostile.Array[0, 200], Gen.Int[1, 40]).Sample((bytes, chunkBytes) =>
        {
            byte[] text = [.. "a,b\n"u8, .. bytes];
            string first = Outcome(text, chunkBytes);
            Assert.Equal(Outcome(text, 10_000), first);
        });
    }

    private static string Outcome(byte[] text, int chunkBytes)
    {
        try
        {
            return string.Join('\n', TestTable.Read(
                text, TestTable.Schema("a:string? b:string?"), TableFormat.Csv,
                o => o with { ChunkBytes = chunkBytes }));
        }
        catch (InputException error)
        {
            // Problems of later chunks are found by whoever parses them.
            return error.Problems[0].ToString();
        }
    }

    private static List<string> ReadZipped(byte[] bytes) =>
        TestTable.Read(bytes, TestTable.Schema("a:string? b:int?"), TableFormat.Csv, o => o with { IsZipped = true });
}
