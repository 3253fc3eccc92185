using Serving.Server.Grpc;

namespace Serving.Server.Tests.Grpc;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData("1S", 1000)]
    [InlineData("100m", 100)]
    [InlineData("2M", 120_000)]
    [InlineData("99999999H", 359_999_996_400_000)]
    [InlineData("5000000u", 5000)]
    [InlineData("1000000n", 1)]
    public void TryParse_Timeout_IsRead(string text, double milliseconds)
    {
        Assert.True(GrpcTimeout.TryParse(text, out TimeSpan timeout));
        Assert.Equal(milliseconds, timeout.TotalMilliseconds);
    }

    // 33 of the bad inputs.
    [Theory]
    [InlineData("0m")]
    [InlineData("-1m")]
    [InlineData("1x")]
    [InlineData("m")]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("123456789m")]
    [InlineData("1.5S")]
    [InlineData(" 1S")]
    [InlineData("1S ")]
    [InlineData("١S")]
    public void TryParse_Garbage_IsRefused(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Theory]
    [InlineData("AAEC", true)]
    [InlineData("AAE=", true)]
    [InlineData("AAE", true)]
    [InlineData("", true)]
    [InlineData("AAEC, AAE", true)]
    [InlineData("A", false)]
    [InlineData("AA=E", false)]
    [InlineData("%%%%", false)]
    [InlineData("AAE==", false)]
    public void IsReadable_BinaryMetadata_IsBase64(string value, bool expected) =>
        Assert.Equal(expected, BinaryMetadata.IsReadable(value));
}
