using Serving.Server.Rest;

namespace Serving.Server.Tests.Rest;

public sealed class RawPathTests
{
    [Theory]
    [InlineData("/v1/score/card-fraud", true)]
    [InlineData("/v1/score/m?x=../..", true)]
    [InlineData("/v1/score/a%20b", true)]
    [InlineData("/v1/score/../x", false)]
    [InlineData("/v1/score/a/./b", false)]
    [InlineData("/v1/score/..%2f..", false)]
    [InlineData("/v1/score/%2e%2e", false)]
    [InlineData("/v1/score/%252e%252e", false)]
    [InlineData("/v1/score/%5c..%5c", false)]
    [InlineData("/v1/score/\\..\\", false)]
    [InlineData("/v1/score/a%09b", false)]
    [InlineData("/v1/score/a%00", false)]
    [InlineData("/v1/score/%", false)]
    [InlineData("/v1/score/%zz", false)]
    public void IsPlain_Path_HidesNothing(string target, bool expected) =>
        Assert.Equal(expected, RawPath.IsPlain(target));

    [Theory]
    [InlineData("card-fraud", true)]
    [InlineData("7", true)]
    [InlineData("a_b.c-d", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData(".a", false)]
    [InlineData("A", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("model/", false)]
    [InlineData(" ..", false)]
    [InlineData("\u00e9", false)]
    public void IsValid_Name_IsNoPath(string name, bool expected) => Assert.Equal(expected, ModelName.IsValid(name));

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    [InlineData(300, false)]
    public void IsValid_Length_HasALimit(int length, bool expected) =>
        Assert.Equal(expected, ModelName.IsValid(new string('a', length)));
}
