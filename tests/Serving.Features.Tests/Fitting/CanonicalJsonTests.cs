using System.Text;
using System.Text.Json.Nodes;
using Serving.Features.Fitting;
using Xunit;

namespace Serving.Features.Tests.Fitting;

public sealed class CanonicalJsonTests
{
    // RFC 8785, appendix B.
    [Theory]
    [InlineData(0x0000000000000000UL, "0")]
    [InlineData(0x8000000000000000UL, "0")]
    [InlineData(0x0000000000000001UL, "5e-324")]
    [InlineData(0x8000000000000001UL, "-5e-324")]
    [InlineData(0x7fefffffffffffffUL, "1.7976931348623157e+308")]
    [InlineData(0x4340000000000000UL, "9007199254740992")]
    [InlineData(0x4430000000000000UL, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5UL, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6UL, "1e+23")]
    [InlineData(0x444b1ae4d6e2ef4eUL, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef50UL, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8cUL, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8dUL, "0.000001")]
    [InlineData(0x41b3de4355555553UL, "333333333.3333332")]
    [InlineData(0xbecbf647612f3696UL, "-0.0000033333333333333333")]
    [InlineData(0x43143ff3c1cb0959UL, "1424953923781206.2")]
    public void FormatNumber_TableOfTheStandard_IsReproduced(ulong bits, string text) =>
        Assert.Equal(text, CanonicalJson.FormatNumber(BitConverter.UInt64BitsToDouble(bits)));

    [Fact]
    public void Write_Tree_SortsMembersAndEscapesLittle()
    {
        var tree = new JsonObject
        {
            ["b"] = new JsonArray(1L, null, true, "€$\u000f\nA'\u0042\"\\/"),
            ["a"] = new JsonObject { ["10"] = 1L, ["2"] = 0.5, ["1"] = new JsonObject() },
        };
        Assert.Equal(
            "{\"a\":{\"1\":{},\"10\":1,\"2\":0.5},\"b\":[1,null,true,\"€$\\u000f\\nA'B\\\"\\\\/\"]}",
            Encoding.UTF8.GetString(CanonicalJson.Write(tree)));
    }

    [Fact]
    public void Integer_BeyondExactNumbers_IsText()
    {
        Assert.Equal("9007199254740992", Encoding.UTF8.GetString(CanonicalJson.Write(CanonicalJson.Integer(1L << 53))));
        Assert.Equal(
            "\"9007199254740993\"",
            Encoding.UTF8.GetString(CanonicalJson.Write(CanonicalJson.Integer((1L << 53) + 1))));
    }
}
