using DuckDB.NET.Data;
using Serving.Data;
using Serving.Tables.Parquet;
using Xunit;

namespace Serving.Tables.Tests.Parquet;

/// <summary>Files that other tools wrote: types that differ from the schema's, and files that are none.</summary>
public sealed class ParquetRowSourceTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("int", "5::tinyint", "5")]
    [InlineData("int", "5::ubigint", "5")]
    [InlineData("int", "5.0::double", "5")]
    [InlineData("int", "'5'", "5")]
    [InlineData("int", "5.5::double", null)]
    [InlineData("int", "18446744073709551615::ubigint", null)]
    [InlineData("d2", "57.16::double", "57.16")]
    [InlineData("d2", "57.16::float", "57.16")]
    [InlineData("d2", "57::bigint", "57.00")]
    [InlineData("d2", "57.1600::decimal(12,4)", "57.16")]
    [InlineData("d2", "57.1650::decimal(12,4)", null)]
    [InlineData("d2", "'57.16'", "57.16")]
    [InlineData("d2", "90071992547409.93::decimal(18,2)", "90071992547409.93")]
    [InlineData("float", "57.16::decimal(12,4)", "57.16")]
    [InlineData("float", "3::int", "3")]
    [InlineData("float", "'NaN'::double", null)]
    [InlineData("float?", "'NaN'::double", "~")]
    [InlineData("float?", "'-inf'::double", "~")]
    [InlineData("float?", "'-0.0'::double", "0")]
    [InlineData("string", "5::bigint", "5")]
    [InlineData("string", "true", "true")]
    [InlineData("string", "''", "")]
    [InlineData("bool", "true", "true")]
    [InlineData("bool", "1::int", "true")]
    [InlineData("bool", "2::int", null)]
    [InlineData("time", "timestamptz '2026-03-02 10:00:00.123987+00'", "2026-03-02T10:00:00.123Z")]
    [InlineData("time", "timestamptz '1969-12-31 23:59:59.999987+00'", "1969-12-31T23:59:59.999Z")]
    [InlineData("time", "timestamp '2026-03-02 10:00:00.5'", "2026-03-02T10:00:00.500Z")]
    [InlineData("time", "timestamp_ns '2026-03-02 10:00:00.5'", "2026-03-02T10:00:00.500Z")]
    [InlineData("time", "0::bigint", "1970-01-01T00:00:00.000Z")]
    [InlineData("time", "'2026-03-02T10:00:00Z'", "2026-03-02T10:00:00.000Z")]
    [InlineData("time", "date '2026-03-02'", null)]
    [InlineData("[int]", "[1,2]", "[1,2]")]
    [InlineData("[int]", "'[1,2]'", "[1,2]")]
    [InlineData("[int]", "[1,null]", null)]
    [InlineData("[int]", "5", null)]
    [InlineData("[d2]", "[1.25, 90071992547409.93]::decimal(18,2)[]", "[1.25,90071992547409.93]")]
    [InlineData("[float]", "[0.1, 1e300]::double[]", "[0.1,1E+300]")]
    [InlineData("[time]", "[timestamptz '2026-03-02 10:00:00+00']", "[\"2026-03-02T10:00:00.000Z\"]")]
    [InlineData("[string]", "['a\"b', '']", "[\"a\\\"b\",\"\"]")]
    [InlineData("int", "null::bigint", null)]
    [InlineData("int?", "null::bigint", "~")]
    public void Read_ColumnOfAnyType_GivesTheCellThatCsvWouldOrRefuses(string type, string value, string? expected)
    {
        string path = Make($"select {value} as a");
        RowSchema schema = TestTable.Schema($"a:{type}");
        if (expected is null)
        {
            InputException error = Assert.Throws<InputException>(() => TestTable.ReadFile(path, schema));
            Assert.Contains("column 'a'", error.Message);
        }
        else
        {
            Assert.Equal([expected], TestTable.ReadFile(path, schema));
        }
    }

    [Fact]
    public void Read_ManyRows_KeepTheirOrderInManyChunks()
    {
        string path = Make("select i as a, 'x' || i as s from range(20000) t(i)");

        List<string> rows = TestTable.ReadFile(path, TestTable.Schema("n:int a:int s:string"), o =>
            o with { Renames = o.Renames.Add("n", "@row") });

        Assert.Equal(Enumerable.Range(0, 20_000).Select(number => $"{number + 1}|{number}|x{number}"), rows);
    }

    [Fact]
    public void Read_KeptColumns_HaveTheTextOfCells() =>
        Assert.Equal(
            ["1||0.5|true|2026-03-02T10:00:00.000Z|x"],
            TestTable.ReadFile(
                Make("select 1 as a, 0.5::double as f, true as b, timestamptz '2026-03-02 10:00:00+00' as t, 'x' as s"),
                TestTable.Schema("a:int"), o => o with { Keep = ["f", "b", "t", "s"] }));

    [Fact]
    public void Read_NameWithPatternLetters_IsThatFileAlone()
    {
        string path = Make("select 1 as a", "q[1]*?'.parquet");
        Make("select 2 as a", "q1.parquet");
        Assert.Equal(["1"], TestTable.ReadFile(path, TestTable.Schema("a:int")));
    }

    [Fact]
    public void Read_Stdin_WorksThroughACopy()
    {
        byte[] bytes = File.ReadAllBytes(Make("select 1 as a"));
        Assert.Equal(["1"], TestTable.Read(bytes, TestTable.Schema("a:int"), TableFormat.Parquet));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PAR1")]
    [InlineData("a,b\n1,2\n")]
    public void Read_WhatIsNoParquet_IsRefused(string text)
    {
        string path = _folder.File("x.parquet", text);
        InputException error = Assert.Throws<InputException>(() => TestTable.ReadFile(path, TestTable.Schema("a:int")));
        Assert.Contains("Parquet", error.Message);
    }

    [Fact]
    public void Read_DamagedFile_GivesRowsOrAnInputException()
    {
        byte[] whole = File.ReadAllBytes(Make("select i as a, 'x' || i as s from range(5000) t(i)"));
        for (int place = 4; place < whole.Length; place += whole.Length / 40)
        {
            byte[] bytes = [.. whole];
            bytes[place] ^= 0xFF;
            string path = _folder.File("damaged.parquet");
            File.WriteAllBytes(path, bytes);
            try
            {
                TestTable.ReadFile(path, TestTable.Schema("a:int? s:string?"));
            }
            catch (InputException error)
            {
                Assert.NotEmpty(error.Problems);
            }
        }
    }

    [Fact]
    public void Read_MissingColumns_AreNamed()
    {
        InputException error = Assert.Throws<InputException>(() =>
            TestTable.ReadFile(Make("select 1 as a"), TestTable.Schema("a:int b:int c:int?")));
        Assert.Contains("no column 'b'", error.Message);
        Assert.Equal(1, error.ProblemCount);
    }

    [Fact]
    public void Create_NamesThatDifferInCaseAlone_IsRefused()
    {
        InputException error = Assert.Throws<InputException>(() =>
            TestTable.WriteFile(_folder.File("c.parquet"), TestTable.Batch("xA:int xa:int", ["1", "2"])));
        Assert.Contains("'xA' and 'xa'", error.Message);
        Assert.Empty(_folder.Files);
    }

    private string Make(string query, string name = "in.parquet")
    {
        string path = _folder.File(name);
        using DuckDBConnection connection = DuckDb.Open();
        DuckDb.Execute(connection, $"copy ({query}) to {DuckDb.Literal(path)} (format parquet)");
        return path;
    }
}
