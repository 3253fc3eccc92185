using Serving.Data.Numerics;
using Xunit;

namespace Serving.Data.Tests.Numerics;

public sealed class HexFloatTests
{
    [Theory]
    [InlineData(0.0, "0x0.0p+0")]
    [InlineData(1.0, "0x1.0000000000000p+0")]
    [InlineData(9.0, "0x1.2000000000000p+3")]
    [InlineData(-0.1, "-0x1.999999999999ap-4")]
    [InlineData(3.14, "0x1.91eb851eb851fp+1")]
    [InlineData(double.MaxValue, "0x1.fffffffffffffp+1023")]
    [InlineData(2.2250738585072014E-308, "0x1.0000000000000p-1022")]
    [InlineData(5E-324, "0x0.0000000000001p-1022")]
    public void Format_Number_IsThatOfC(double value, string text)
    {
        Assert.Equal(text, HexFloat.Format(value));
        Assert.True(HexFloat.TryParse(text, out double parsed));
        Assert.Equal(value, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("0x1p+0")]
    [InlineData("-0x0.0p+0")]
    [InlineData("0x0.0000000000000p-1022")]
    [InlineData("0x0.0000000000001p+0")]
    [InlineData("0x2.0000000000000p+0")]
    [InlineData("0x1.0000000000000p+1024")]
    [InlineData("0x1.0000000000000p-1023")]
    [InlineData("0x1.0000000000000p0")]
    [InlineData("0x1.0000000000000p+00")]
    [InlineData("0x1.000000000000gp+0")]
    [InlineData("0x1.999999999999Ap-4")]
    [InlineData("0x1.0000000000000p+0 ")]
    [InlineData("inf")]
    [InlineData("0x1.0000000000000p+99999999999")]
    public void TryParse_OtherText_IsRefused(string text) => Assert.False(HexFloat.TryParse(text, out _));
}
