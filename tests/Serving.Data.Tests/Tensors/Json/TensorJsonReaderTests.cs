using System.Text;
using Serving.Data.Cells;
using Serving.Data.Tensors;
using Serving.Data.Tensors.Json;
using Xunit;

namespace Serving.Data.Tests.Tensors.Json;

public sealed class TensorJsonReaderTests
{
    [Theory]
    [InlineData(TensorType.Float32, "[?,2]", "[[1,-0],[null,\"Infinity\"]]", "[[1,-0],[null,\"Infinity\"]]")]
    [InlineData(TensorType.Float32, "[?]", "[0.1,16777217,1e-46,3.4028235e38]", "[0.1,16777216,0,3.4028235E+38]")]
    [InlineData(TensorType.Float64, "[]", "0.1", "0.1")]
    [InlineData(TensorType.Float64, "[?]", "[1e308,\"-Infinity\",5e-324]", "[1E+308,\"-Infinity\",5E-324]")]
    [InlineData(TensorType.Float16, "[?]", "[65504,0.333]", "[65504,0.3330078]")]
    [InlineData(TensorType.Int64, "[?]", "[-9223372036854775808,9223372036854775807]",
        "[-9223372036854775808,9223372036854775807]")]
    [InlineData(TensorType.UInt64, "[?]", "[18446744073709551615,-0]", "[18446744073709551615,0]")]
    [InlineData(TensorType.Int8, "[?]", "[-128,127]", "[-128,127]")]
    [InlineData(TensorType.UInt8, "[?]", "[255]", "[255]")]
    [InlineData(TensorType.Int16, "[?]", "[-32768]", "[-32768]")]
    [InlineData(TensorType.UInt16, "[?]", "[65535]", "[65535]")]
    [InlineData(TensorType.Int32, "[?]", "[-2147483648]", "[-2147483648]")]
    [InlineData(TensorType.UInt32, "[?]", "[4294967295]", "[4294967295]")]
    [InlineData(TensorType.Bool, "[?,1]", "[[true],[false]]", "[[true],[false]]")]
    [InlineData(TensorType.Text, "[?]", "[\"\",\"a\\u00e9\\ud83d\\ude00\",{\"b64\":\"/w==\"},{\"b64\":\"QQ==\"}]",
        "[\"\",\"aé😀\",{\"b64\":\"/w==\"},\"A\"]")]
    [InlineData(TensorType.Text, "[]", "\"one\"", "\"one\"")]
    [InlineData(TensorType.Float32, "[?,?,3]", "[[],[]]", "[[],[]]")]
    [InlineData(TensorType.Float32, "[...]", "[[[1]],[[2]]]", "[[[1]],[[2]]]")]
    public void Read_ValuesOfAType_ComeBackAsWritten(TensorType type, string shape, string json, string expected)
    {
        HeldTensors call = CallOf(type, shape);
        TensorJsonReader.Read(Encoding.UTF8.GetBytes($$"""{"inputs":{"x":{{json}} } }"""), call);
        Utf8Buffer text = new();
        TensorJsonWriter.WriteTensor(text, call.Input(0));
        Assert.Equal(expected, Encoding.UTF8.GetString(text.Written));
    }

    [Theory]
    [InlineData("[?,9]", "[]", "0,9")]
    [InlineData("[?,?,3]", "[[],[]]", "2,0,3")]
    [InlineData("[?,?]", "[]", "0,0")]
    [InlineData("[...]", "[]", "0")]
    [InlineData("[...]", "[[],[]]", "2,0")]
    [InlineData("[]", "7", "")]
    public void Read_AnEmptyArray_TakesTheModelsDimensions(string shape, string json, string expected)
    {
        HeldTensors call = CallOf(TensorType.Float32, shape);
        TensorJsonReader.Read(Encoding.UTF8.GetBytes($$"""{"inputs":{"x":{{json}} } }"""), call);
        Assert.Equal(expected, string.Join(',', call.Input(0).Shape.ToArray()));
    }

    [Theory]
    [InlineData(TensorType.Float32, "[?]", "[1,1e39]", "inputs.x[1]: found 1e39")]
    [InlineData(TensorType.Float16, "[?]", "[65520]", "inputs.x[0]: found 65520")]
    [InlineData(TensorType.Float64, "[?]", "[1e309]", "inputs.x[0]: found 1e309")]
    [InlineData(TensorType.Float32, "[?]", "[\"NaN\"]", "inputs.x[0]: found \"NaN\"")]
    [InlineData(TensorType.Float32, "[?]", "[true]", "inputs.x[0]: found true")]
    [InlineData(TensorType.Int32, "[?,2]", "[[1,2],[3,4.0]]", "inputs.x[1][1]: found 4.0")]
    [InlineData(TensorType.Int32, "[?]", "[1e2]", "inputs.x[0]: found 1e2")]
    [InlineData(TensorType.Int32, "[?]", "[2147483648]", "inputs.x[0]: found 2147483648")]
    [InlineData(TensorType.UInt8, "[?]", "[-1,256]", "inputs.x[0]: found -1")]
    [InlineData(TensorType.Int64, "[?]", "[9223372036854775808]", "inputs.x[0]: found 9223372036854775808")]
    [InlineData(TensorType.Int64, "[?]", "[null]", "inputs.x[0]: found null")]
    [InlineData(TensorType.Bool, "[?]", "[1]", "inputs.x[0]: found 1")]
    [InlineData(TensorType.Text, "[?]", "[null]", "inputs.x[0]: found null")]
    [InlineData(TensorType.Text, "[?]", "[\"\\ud800\"]", "inputs.x[0]: found")]
    [InlineData(TensorType.Text, "[?]", "[{\"b64\":\"*\"}]", "inputs.x[0]: found an object")]
    [InlineData(TensorType.Text, "[?]", "[{\"b64\":\"QQ==\",\"c\":1}]", "inputs.x[0]: found an object")]
    [InlineData(TensorType.Text, "[?]", "[{}]", "inputs.x[0]: found an object")]
    [InlineData(TensorType.Float32, "[?,?]", "[[1,2],[3]]", "inputs.x[1]: found an array of 1, expected one of 2")]
    [InlineData(TensorType.Float32, "[?,?]", "[[1],2]", "inputs.x[1]: found 2, expected an array")]
    [InlineData(TensorType.Float32, "[?]", "[1,[2]]", "inputs.x[1]: found an array, expected a value")]
    [InlineData(TensorType.Float32, "[?,3]", "[[1,2]]", "inputs.x: found f32[1,2], expected f32[?,3]")]
    [InlineData(TensorType.Float32, "[?,3]", "5", "inputs.x: found f32[], expected f32[?,3]")]
    public void Read_AValueThatDoesNotFit_IsNamedByItsPlace(
        TensorType type, string shape, string json, string expected)
    {
        InputException refused = Refused(CallOf(type, shape), $$"""{"inputs":{"x":{{json}} } }""");
        Assert.StartsWith(expected, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"inputs\":{\"y\":1}}", "inputs.y: found an input that the model has not, expected one of x")]
    [InlineData("{\"inputs\":{\"x\":[1],\"x\":[2]}}", "inputs.x: found it twice")]
    [InlineData("{\"inputs\":{}}", "inputs.x: found nothing, expected f32[?]")]
    [InlineData("{}", "inputs.x: found nothing, expected f32[?]")]
    [InlineData("{\"inputs\":[1]}", "inputs: found an array")]
    [InlineData("{\"inputs\":{\"x\":[1]},\"outputs\":[\"z\"]}", "outputs[0]: found \"z\", expected one of y0, y1")]
    [InlineData("{\"inputs\":{\"x\":[1]},\"outputs\":[\"y0\",\"y0\"]}", "outputs[1]: found \"y0\" twice")]
    [InlineData("{\"inputs\":{\"x\":[1]},\"outputs\":\"y0\"}", "outputs: found \"y0\"")]
    [InlineData("{\"inputs\":{\"x\":[1]},\"input\":3}", "member 'input': found 3")]
    [InlineData("{\"inputs\":{\"x\":[1]},\"signature\":\"other\"}", "member 'signature': found \"other\"")]
    [InlineData("[1]", "the document: found an array")]
    [InlineData("{\"inputs\":{\"x\":[1]}} 2", "line 1, byte 22")]
    [InlineData("{\"inputs\":{\"x\":[1,]}}", "line 1, byte 19")]
    [InlineData("", "line 1, byte 1")]
    public void Read_ADocumentThatDoesNotFit_SaysWhere(string json, string expected)
    {
        InputException refused = Refused(CallOf(TensorType.Float32, "[?]"), json);
        Assert.StartsWith(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManyProblems_AreAllCountedAndTheFirstShown()
    {
        string values = string.Join(',', Enumerable.Repeat("\"no\"", 1000));
        InputException refused = Refused(
            CallOf(TensorType.Float32, "[?]"), $$"""{"inputs":{"x":[{{values}}],"z":1} }""");
        Assert.Equal(1001, refused.ProblemCount);
        Assert.Equal(InputException.ProblemsShownMax, refused.Problems.Length);
        Assert.Equal("inputs.x[49]", refused.Problems[^1].Place);
    }

    [Fact]
    public void Read_OutputsNamed_OthersAreNotWanted()
    {
        HeldTensors call = CallOf(TensorType.Float32, "[?]");
        TensorJsonReader.Read("{\"outputs\":[\"y1\"],\"inputs\":{\"x\":[1]}}"u8, call);
        Assert.False(call.IsWanted(0));
        Assert.True(call.IsWanted(1));
        TensorJsonReader.Read("{\"outputs\":[],\"inputs\":{\"x\":[1]}}"u8, CallOf(TensorType.Float32, "[?]"));
    }

    [Fact]
    public void Read_NestedDeeperThanAnyTensor_IsRefused()
    {
        string json = new string('[', 5000) + new string(']', 5000);
        Refused(CallOf(TensorType.Float32, "[...]"), $$"""{"inputs":{"x":{{json}} } }""");
    }

    [Fact]
    public void Read_FeaturesByName_AreEncodedInTheParsersTypes()
    {
        HeldTensors call = ExampleCall();
        TensorJsonReader.Read(
            """{"inputs":{"x":[{"example":{"a":1,"n":[3,-1],"t":["x",{"b64":"/w=="}]}},"raw"]}}"""u8, call);
        byte[] message = call.Input(0).TextAt(0).ToArray();
        Assert.Equal(Expected(), Convert.ToHexString(message));
        Assert.Equal("raw"u8, call.Input(0).TextAt(1));
    }

    [Theory]
    [InlineData("{\"b\":1}", "inputs.x[0].example: found feature b, expected one of a, n, t")]
    [InlineData("{\"a\":1,\"a\":2}", "inputs.x[0].example: found feature a twice")]
    [InlineData("{\"a\":\"one\"}", "inputs.x[0].example.a: found \"one\"")]
    [InlineData("{\"a\":[1,2]}", "inputs.x[0].example.a: found 2 value(s), expected 1 value(s) of f32")]
    [InlineData("{\"a\":1,\"n\":[1,2.5]}", "inputs.x[0].example.n[1]: found 2.5")]
    [InlineData("{\"a\":1,\"t\":[3]}", "inputs.x[0].example.t[0]: found 3")]
    [InlineData("{}", "inputs.x[0].example.a: found nothing")]
    public void Read_FeaturesThatDoNotFit_AreNamed(string example, string expected)
    {
        InputException refused = Refused(ExampleCall(), $$$"""{"inputs":{"x":[{"example":{{{example}}} }]}}""");
        Assert.StartsWith(expected, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"inputs\":{\"x\":[1]},\"signature\":\"a\"}", "a")]
    [InlineData("{\"inputs\":{\"signature\":\"no\"}}", null)]
    [InlineData("[", null)]
    public void SignatureOf_ADocument_IsItsMember(string json, string? expected) =>
        Assert.Equal(expected, TensorJsonReader.SignatureOf(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Read_DamagedDocuments_AreReadOrRefused()
    {
        byte[] sound = Encoding.UTF8.GetBytes(
            """{"outputs":["y1"],"inputs":{"x":[{"example":{"a":1.5,"t":["q\u00e9"]}},"raw",{"b64":"QUI="}]}}""");
        var random = new Random(7);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. sound];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = "{}[]\",:\\u0019.eE-tn \0\xFF"u8[random.Next(22)];
            }

            try
            {
                TensorJsonReader.Read(bytes.AsSpan(0, random.Next(bytes.Length + 1)), ExampleCall());
            }
            catch (InputException refused)
            {
                Assert.NotEmpty(refused.Problems);
            }
        }
    }

    private static string Expected()
    {
        // Features { feature { key: "a" value { float_list { value: [1] } } } ... } in the order of the document.
        string a = "0A0D" + "0A0161" + "1208" + "1206" + "0A04" + "0000803F";
        string n = "0A14" + "0A016E" + "120F" + "1A0D" + "0A0B" + "03" + "FFFFFFFFFFFFFFFFFF01";
        string t = "0A0D" + "0A0174" + "1208" + "0A06" + "0A0178" + "0A01FF";
        return "0A34" + a + n + t;
    }

    private static InputException Refused(HeldTensors call, string json) =>
        Assert.Throws<InputException>(() => TensorJsonReader.Read(Encoding.UTF8.GetBytes(json), call));

    private static HeldTensors ExampleCall() => new(new TensorSignature(
        TensorSignature.DefaultName,
        [
            new TensorSpec("x", TensorType.Text, [-1])
            {
                Example =
                [
                    new ExampleFeature("a", TensorType.Float32, 1, IsRequired: true),
                    new ExampleFeature("n", TensorType.Int64),
                    new ExampleFeature("t", TensorType.Text),
                ],
            },
        ],
        [new TensorSpec("y1", TensorType.Float32, [-1])]));

    private static HeldTensors CallOf(TensorType type, string shape)
    {
        string inner = shape[1..^1];
        long[]? sizes = inner == "..."
            ? null
            : [.. inner.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(
                size => size == "?" ? -1 : long.Parse(size, System.Globalization.CultureInfo.InvariantCulture))];
        return new HeldTensors(new TensorSignature(
            TensorSignature.DefaultName,
            [new TensorSpec("x", type, sizes is null ? null : [.. sizes])],
            [new TensorSpec("y0", type, [-1]), new TensorSpec("y1", type, [-1])]));
    }
}
