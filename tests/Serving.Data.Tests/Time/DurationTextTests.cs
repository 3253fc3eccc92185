using Serving.Data.Time;
using Xunit;

namespace Serving.Data.Tests.Time;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("0.25ms", 0.25)]
    [InlineData("10s", 10_000)]
    [InlineData("2.5m", 150_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("400d", 400 * 86_400_000.0)]
    [InlineData("0", 0)]
    public void Parse_Text_GivesTheDuration(string text, double milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan value));
        Assert.Equal(milliseconds, value.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("1.2.3s")]
    [InlineData("1e3s")]
    [InlineData("10001d")]
    [InlineData("99999999999999999999999999999s")]
    public void Parse_OtherText_IsRefused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(12_345)]
    [InlineData(6_000_000_000)]
    [InlineData(864_000_000_000)]
    [InlineData(36_000_000_001)]
    public void Of_AnyDuration_ReadsTheSameAgain(long ticks)
    {
        Assert.True(DurationText.TryParse(DurationText.Of(new TimeSpan(ticks)), out TimeSpan again));
        Assert.Equal(ticks, again.Ticks);
    }
}
