using CsCheck;
using Serving.Data;
using Xunit;

namespace Serving.Tables.Tests.JsonLines;

public sealed class JsonLinesRowSourceTests
{
    [Theory]
    [InlineData("{\"a\":\"x\",\"b\":1}\n", "x|1")]
    [InlineData("\uFEFF{\"b\":1,\"a\":\"x\"}", "x|1")]
    [InlineData("{\"a\":\"x\",\"b\":1}\r\n{\"a\":\"y\",\"b\":2}\r\n", "x|1 y|2")]
    [InlineData("\n  \n{\"a\":\"x\",\"b\":1}\n\n{}\n", "x|1 ~|~")]
    [InlineData("{\"a\":null,\"b\":null}\n", "~|~")]
    [InlineData("{\"a\":\"\"}\n", "|~")]
    [InlineData("{\"a\":\"\\u00e9\\n\\\"\",\"b\":\"7\"}\n", "é\n\"|7")]
    [InlineData("{\"\\u0061\":\"x\",\"c\":{\"d\":[1,{}]},\"b\":1}\n", "x|1")]
    [InlineData("{\"b\":9223372036854775807}\n", "~|9223372036854775807")]
    [InlineData("", "")]
    public void Read_WellFormedText_GivesItsRowsAtEveryChunkSize(string text, string expected)
    {
        foreach (int chunkBytes in new[] { 1, 2, 7, 1000 })
        {
            List<string> rows = TestTable.Read(
                text, "a:string? b:int?", TableFormat.JsonLines, o => o with { ChunkBytes = chunkBytes });
            Assert.Equal(expected, string.Join(' ', rows));
        }
    }

    [Theory]
    [InlineData("{\"a\":\"x\",\"a\":\"y\"}", "stdin:1: found the key 'a' twice")]
    [InlineData("{\"z\":1,\"z\":2}", "stdin:1: found the key 'z' twice")]
    [InlineData("{\"b\":1.5}", "stdin:1, column 'b': found '1.5', expected int?")]
    [InlineData("{\"b\":true}", "stdin:1, column 'b': found 'true', expected int?")]
    [InlineData("{\"b\":[1]}", "stdin:1, column 'b': found '[1]', expected int?")]
    [InlineData("{\"a\":5}", "stdin:1, column 'a': found the number '5', expected string?; write it as a JSON string")]
    [InlineData("{\"a\":\"\\ud800\"}", "stdin:1, column 'a': found ")]
    [InlineData("[1]", "stdin:1: found '[1]', expected one JSON object")]
    [InlineData("{\"b\":NaN}", "stdin:1, byte 6: found ")]
    [InlineData("{\"b\":1}{\"b\":2}", "stdin:1, byte 8: found ")]
    [InlineData("{\"b\":1", "stdin:1, byte ")]
    [InlineData("{b:1}", "stdin:1, byte 2: found ")]
    [InlineData("{\"b\":1,}", "stdin:1, byte ")]
    [InlineData("{\"b\":01}", "stdin:1, byte ")]
    public void Read_WrongText_NamesThePlaceAndWhatIsWrong(string text, string expected)
    {
        InputException error = Assert.Throws<InputException>(() =>
            TestTable.Read(text, "a:string? b:int?", TableFormat.JsonLines));
        Assert.StartsWith(expected, error.Message);
    }

    [Theory]
    [InlineData("{\"d\":12.50}", "12.50|~")]
    [InlineData("{\"d\":\"12.50\"}", "12.50|~")]
    [InlineData("{\"d\":92233720368547758.07}", "92233720368547758.07|~")]
    [InlineData("{\"f\":1e-7}", "~|1E-07")]
    [InlineData("{\"f\":\"NaN\"}", "~|~")]
    public void Read_Numbers_AreExact(string text, string expected) =>
        Assert.Equal([expected], TestTable.Read(text, "d:d2? f:float?", TableFormat.JsonLines));

    [Theory]
    [InlineData("{\"f\":1e400}")]
    [InlineData("{\"f\":-1e999}")]
    public void Read_NumberBeyondBinary64_IsRefusedWhateverTheField(string text) =>
        Assert.Throws<InputException>(() => TestTable.Read(text, "f:float?", TableFormat.JsonLines));

    [Fact]
    public void Read_RequiredFieldWithoutValue_IsRefused()
    {
        InputException error = Assert.Throws<InputException>(() =>
            TestTable.Read("{\"a\":\"x\"}\n{\"a\":null,\"b\":1}\n", "a:string b:int", TableFormat.JsonLines));

        Assert.Equal(2, error.ProblemCount);
        Assert.StartsWith("stdin:1, column 'b': found null or no such key, expected int", error.Message);
    }

    [Fact]
    public void Read_UnknownKeys_GiveOneNotice()
    {
        var notices = new List<string>();

        TestTable.Read(
            "{\"b\":1,\"y\":1,\"x\":1}\n{\"b\":2,\"x\":1}\n", "b:int", TableFormat.JsonLines,
            o => o with { Notice = notices.Add, ChunkBytes = 1 });

        Assert.Equal(["stdin: ignored 2 columns that 'r' does not declare: x, y"], notices);
    }

    [Fact]
    public void Read_RenamesAndKept_WorkAsInCsv() =>
        Assert.Equal(
            ["1|p||01", "2|q||true", "3|r||{\"z\":[]}", "4|s||~"],
            TestTable.Read(
                "{\"A\":\"p\",\"k\":\"01\"}\n{\"A\":\"q\",\"k\":true}\n"
                + "{\"A\":\"r\",\"k\":{\"z\":[]}}\n{\"A\":\"s\"}\n",
                "id:int a:string",
                TableFormat.JsonLines,
                o => o with { Renames = o.Renames.Add("id", "@row").Add("a", "A"), Keep = ["k"] }));

    [Fact]
    public void Read_AnyBytes_GivesRowsOrAnInputException()
    {
        Gen<byte> hostile = Gen.OneOf(Gen.Byte, Gen.Int[0, 15].Select(place => (byte)"{}[]\":,\n\\ua1e.- "[place]));
        hostile.Array[0, 120].Sample(bytes =>
        {
            try
            {
                TestTable.Read(
                    [.. "{\"a\":"u8, .. bytes], TestTable.Schema("a:string? b:float?"), TableFormat.JsonLines);
            }
            catch (InputException error)
            {
                Assert.NotEmpty(error.Problems);
            }
        });
    }

    [Fact]
    public void Read_NothingButDamage_EndsEarly()
    {
        string text = string.Concat(Enumerable.Repeat("{\n", 300_000));
        InputException error = Assert.Throws<InputException>(() =>
            TestTable.Read(text, "a:string?", TableFormat.JsonLines));
        Assert.Equal(1000, error.ProblemCount);
    }
}
