using Serving.Server.Hosting;

namespace Serving.Server.Tests.Hosting;

public sealed class StateLocationTests
{
    [Theory]
    [InlineData("memory", StateKind.Memory, "memory")]
    [InlineData("state/here", StateKind.Folder, "state/here")]
    [InlineData("redis://127.0.0.1:6390", StateKind.Redis, "redis://127.0.0.1:6390")]
    [InlineData("redis://host", StateKind.Redis, "redis://host:6379")]
    [InlineData("rediss://u:p%40w@a:1,b:2/3?prefix=x%3A", StateKind.Redis, "rediss://a:1,b:2")]
    public void Parse_Location_IsShownWithoutSecrets(string text, StateKind kind, string shown)
    {
        StateLocation location = StateLocation.Parse(text)!;

        Assert.Equal((kind, shown), (location.Kind, location.ToString()));
    }

    [Fact]
    public void Parse_WholeUrl_HasEveryPart()
    {
        StateLocation location = StateLocation.Parse("rediss://u:p%40w@a:1,b:2/3?prefix=x%3A")!;

        Assert.Equal(("u", "p@w", 3, "x:", true),
            (location.User, location.Password, location.Database, location.Prefix, location.IsEncrypted));
    }

    [Theory]
    [InlineData("")]
    [InlineData("redis://")]
    [InlineData("redis://a:0")]
    [InlineData("redis://a:99999")]
    [InlineData("redis://a:1/x")]
    [InlineData("redis://a:1?prefx=y")]
    [InlineData("http://a:1")]
    public void Parse_WhatIsNone_IsNull(string text) => Assert.Null(StateLocation.Parse(text));
}
