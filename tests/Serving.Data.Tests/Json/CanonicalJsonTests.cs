using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Serving.Data.Json;
using Xunit;

namespace Serving.Data.Tests.Json;

public sealed class CanonicalJsonTests
{
    // RFC 8785, appendix B, and the edges of ECMAScript's Number::toString.
    [Theory]
    [InlineData(0x0000000000000000, "0")]
    [InlineData(0x8000000000000000, "0")]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [InlineData(0x4340000000000000, "9007199254740992")]
    [InlineData(0x4430000000000000, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6, "1e+23")]
    [InlineData(0x444b1ae4d6e2ef4e, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555553, "333333333.3333332")]
    [InlineData(0xbecbf647612f3696, "-0.0000033333333333333333")]
    public void Number_OfRfc8785_IsWrittenAsThere(ulong bits, string expected)
    {
        Assert.Equal(expected, CanonicalJson.Number(BitConverter.UInt64BitsToDouble(bits)));
    }

    [Fact]
    public void Number_Any_ReadsBackToTheSameBits()
    {
        Gen.Double[-1e300, 1e300].Sample(number => Assert.Equal(
            number + 0.0, double.Parse(CanonicalJson.Number(number), CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Write_Document_OrdersMembersAndEscapesLeast()
    {
        JsonNode document = JsonNode.Parse("""{"b": [1, 2.50, true, null], "a\u0001\"": "\u00e9\n/", "A": {}}""")!;
        Assert.Equal(
            """{"A":{},"a\u0001\"":"é\n/","b":[1,2.5,true,null]}""",
            Encoding.UTF8.GetString(CanonicalJson.Write(document)));
    }

    /// <summary>Counts that not every reader would read exactly are texts.</summary>
    [Fact]
    public void Integer_BeyondExactNumbers_IsText()
    {
        const long Greatest = (1L << 53) - 1;
        Assert.Equal("9007199254740991", Encoding.UTF8.GetString(CanonicalJson.Write(CanonicalJson.Integer(Greatest))));
        Assert.Equal(
            "\"9007199254740992\"", Encoding.UTF8.GetString(CanonicalJson.Write(CanonicalJson.Integer(Greatest + 1))));
    }
}
