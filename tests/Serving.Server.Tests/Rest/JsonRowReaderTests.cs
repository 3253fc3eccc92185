using System.Text;
using Serving.Data;
using Serving.Server.Rest;
using Serving.Server.Rows;

namespace Serving.Server.Tests.Rest;

public sealed class JsonRowReaderTests
{
    private readonly RequestProblems _problems = new();
    private readonly RowBatch _batch = new(TestSchemas.Rows);
    private readonly JsonRowReader _reader;

    public JsonRowReaderTests() => _reader = new JsonRowReader(_problems, rowsMax: 3);

    // The numbers are those of the bad inputs in section D.
    public static TheoryData<int, string, string> Refused => new()
    {
        { 41, "{\"tags\":" + new string('[', 70) + new string(']', 70) + "}", "not JSON" },
        { 41, new string('[', 1_000_000), "" },
        { 42, """{"age":1e400}""", "a finite number" },
        { 42, """{"sizes":[1e400]}""", "a finite number" },
        { 43, """{"age":NaN}""", "not JSON" },
        { 43, """{"age":Infinity}""", "not JSON" },
        { 43, """{"age":"NaN"}""", "field 'age': found the string 'NaN', expected float" },
        { 44, """{"age":1,"age":2}""", "field 'age': the field is given twice" },
        { 44, """{"age":1,"\u0061ge":2}""", "given twice" },
        { 45, """{"Age":1}""", "field 'Age': unknown field" },
        { 45, """{"nobody":{"deep":[1]},"age":1}""", "field 'nobody': unknown field" },
        { 45, """{"count":"7"}""", "field 'count': found the string '7', expected int" },
        { 45, """{"age":"7.5"}""", "expected float" },
        { 45, """{"foreign":1}""", "expected bool" },
        { 45, """{"foreign":"true"}""", "expected bool" },
        { 45, """{"id":7}""", "expected string" },
        { 46, """{"count":1.0}""", "field 'count': found the number 1.0, expected int" },
        { 46, """{"count":1e2}""", "expected int" },
        { 46, """{"count":9223372036854775808}""", "within 64 bits" },
        { 46, """{"at":1.5}""", "field 'at'" },
        { 47, "{\"id\":\"\\ud800\"}", "not Unicode" },
        { 47, "{\"fraud\":\"\\udc00\"}", "not Unicode" },
        { 48, """{"age":1/*c*/}""", "not JSON" },
        { 48, """{"age":1,}""", "not JSON" },
        { 48, """{"age":1}{"age":2}""", "not JSON" },
        { 48, """[{"age":1},]""", "not JSON" },
        { 48, "null", "bare value" },
        { 48, "7", "bare value" },
        { 48, "[]", "found no rows" },
        { 48, "", "not JSON" },
        { 48, "  ", "not JSON" },
        { 48, "[1]", "rows[0]: not an object of fields" },
        { 48, "[null]", "rows[0]: not an object of fields" },
        { 56, "[{},{},{},{}]", "more than 3 rows" },
        { 68, """{"amount":1.234}""", "at most 2 fractional digits" },
        { 68, """{"amount":1e2}""", "field 'amount': found the number 1e2, expected decimal(2)" },
        { 68, """{"amount":"1.2.3"}""", "expected decimal(2)" },
        { 68, """{"amount":92233720368547758.08}""", "within 64 bits" },
        { 61, "{\"id\":\"" + new string('x', 4097) + "\"}", "at most 4096 bytes" },
        { 0, """{"tags":["a","b","c","d"]}""", "at most 3 elements" },
        { 0, """{"tags":["a",null]}""", "without missing elements" },
        { 0, """{"tags":["a",1]}""", "expected list(string, 3)" },
        { 0, """{"tags":"a"}""", "expected list(string, 3)" },
        { 0, """{"at":"2023-11-14 22:13:20"}""", "with an offset or Z" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Read_BadBody_IsRefusedWithItsReason(int number, string body, string reason)
    {
        _ = number;
        _reader.Read(Encoding.UTF8.GetBytes(body), TestSchemas.Request, _batch, out _);

        Assert.NotEqual(0, _problems.Count);
        Assert.Contains(reason, _problems.ToString());
    }

    [Fact]
    public void Read_BadUtf8OrByteOrderMark_IsRefused()
    {
        _reader.Read([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d], TestSchemas.Request, _batch, out _);
        Assert.Contains("not UTF-8", _problems.ToString());
        _problems.Clear();

        _reader.Read([0xef, 0xbb, 0xbf, (byte)'{', (byte)'}'], TestSchemas.Request, _batch, out _);
        Assert.Contains("not JSON", _problems.ToString());
    }

    [Fact]
    public void Read_EveryType_FillsItsSlot()
    {
        Read("""
            {"id":"\u00e9x","at":"2023-11-14T22:13:20Z","amount":1.5,"age":1.7976931348623157e308,
             "count":9007199254740993,
             "foreign":false,"tags":["a","\n"],"ratio":-0,"sizes":[1,2.5],"fraud":true,"country":["passed over"]}
            """);

        Assert.Equal("\u00e9x", Encoding.UTF8.GetString(_batch.GetText(0, 0)));
        Assert.Equal(1_700_000_000_000, _batch.Get(0, TestSchemas.PlaceOf("at")));
        Assert.Equal(150, _batch.Get(0, TestSchemas.PlaceOf("amount")));
        Assert.Equal(double.MaxValue, _batch.GetFloat(0, TestSchemas.PlaceOf("age")));
        Assert.Equal(9007199254740993, _batch.Get(0, TestSchemas.PlaceOf("count")));
        Assert.True(_batch.IsPresent(0, TestSchemas.PlaceOf("foreign")));
        Assert.Equal(2, _batch.GetList(0, TestSchemas.PlaceOf("tags")).Length);
        Assert.Equal(0, _batch.Get(0, TestSchemas.PlaceOf("ratio")));
        Assert.False(_batch.IsPresent(0, TestSchemas.Label));
    }

    // Never through binary floating point: a double would make 92233720368547758.08 of the first.
    [Theory]
    [InlineData("92233720368547758.07", long.MaxValue)]
    [InlineData("\"92233720368547758.07\"", long.MaxValue)]
    [InlineData("0.1", 10)]
    [InlineData("-3", -300)]
    [InlineData("\"-3.05\"", -305)]
    public void Read_Decimal_IsTakenByItsDigits(string text, long minor)
    {
        Read("{\"amount\":" + text + "}");

        Assert.Equal(minor, _batch.Get(0, TestSchemas.PlaceOf("amount")));
    }

    [Fact]
    public void Read_NullAndAbsent_AreMissing()
    {
        Read("""[{"age":null},{}]""");

        Assert.Equal(2, _batch.RowCount);
        Assert.False(_batch.IsPresent(0, TestSchemas.PlaceOf("age")));
        Assert.False(_batch.IsPresent(1, TestSchemas.PlaceOf("age")));
    }

    [Fact]
    public void Read_ManyProblems_AreCountedBeyondTheShownOnes()
    {
        string fields = string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"f{i}\":1"));
        _reader.Read(Encoding.UTF8.GetBytes("{" + fields + "}"), TestSchemas.Request, _batch, out _);

        Assert.Equal(40, _problems.Count);
        Assert.EndsWith($"and {40 - RequestProblems.ShownMax} more", _problems.ToString());
    }

    private void Read(string body)
    {
        _reader.Read(Encoding.UTF8.GetBytes(body), TestSchemas.Request, _batch, out _);
        Assert.Equal("", _problems.ToString());
    }
}
