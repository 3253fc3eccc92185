using Xunit;

namespace Serving.Style.Tests;

public sealed class HotPathTests
{
    [Fact]
    public void HotPath_MarkedCode_HasNoSyntaxThatAllocates() =>
        Violations.MustBeNone(SourceTree.Files.SelectMany(HotPathRule.FindIn), "[HotPath] code does not allocate:");

    [Theory]
    [InlineData("var x = rows.Select(static row => row).First();")]
    [InlineData("Func<int> f = () => rows.Length;")]
    [InlineData("string s = $\"{rows}\";")]
    [InlineData("lock (gate) { }")]
    [InlineData("var buffer = new byte[20];")]
    [InlineData("var x = from row in rows select row;")]
    [InlineData("Log(count.ToString());")]
    public void FindIn_MarkedMethod_IsReported(string code)
    {
        Assert.NotEmpty(HotPathRule.FindIn(new("src/A.cs", $"class A {{ [HotPath] void M() {{ {code} }} }}")));
        Assert.NotEmpty(HotPathRule.FindIn(new("src/A.cs", $"[HotPath] class A {{ void M() {{ {code} }} }}")));
    }

    [Theory]
    [InlineData("[HotPath] void M() { Debug.Assert(x > 3, $\"{x}\"); }")]
    [InlineData("[HotPath] void M() { } void Cold() { string s = $\"{x}\"; }")]
    [InlineData("[HotPath] void M() { Span<byte> buffer = stackalloc byte[20]; Use(static row => row); }")]
    public void FindIn_OtherCode_IsFine(string members) =>
        Assert.Empty(HotPathRule.FindIn(new("src/A.cs", $"class A {{ {members} }}")));
}
