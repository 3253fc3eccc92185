using Xunit;

namespace Serving.Style.Tests;

public sealed class RatchetTests
{
    [Theory]
    [InlineData("", 11, true)]
    [InlineData("", 10, false)]
    [InlineData("file-lines a.cs 12 old", 12, false)]
    [InlineData("file-lines a.cs 12 old", 13, true)]
    [InlineData("file-lines a.cs 12 old", 10, true)]
    [InlineData("method-lines a.cs 12 old", 12, true)]
    public void Check_LimitOfTen_RefusesGrowthAndStaleLines(string text, int size, bool refused)
    {
        Ratchet ratchet = new("file-lines", text);
        Assert.Equal(refused, ratchet.Check([new("a.cs", size)], 10).Any());
    }
}
