using Serving.State.Redis;

namespace Serving.State.Tests.Redis;

/// <summary>Keys are the prefix, the set and the digest, and nothing else is taken for one.</summary>
public sealed class RedisKeysTests
{
    [Fact]
    public void Of_Key_IsPrefixSetDigest()
    {
        RedisKeys keys = new("f:");
        byte[] key = keys.Of(new StateKey(0x01020304, 0x1112131415161718, 99));
        Assert.Equal([(byte)'f', (byte)':', 1, 2, 3, 4, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18], key);
        Assert.True(keys.TryRead(key, out uint set, out ulong digest));
        Assert.Equal((0x01020304u, 0x1112131415161718ul), (set, digest));
    }

    [Theory]
    [InlineData("f:short")]
    [InlineData("g:123412345678")]
    [InlineData("f:12341234567890")]
    [InlineData("")]
    public void TryRead_OtherKey_IsNone(string key) =>
        Assert.False(new RedisKeys("f:").TryRead(System.Text.Encoding.UTF8.GetBytes(key), out _, out _));

    [Fact]
    public void TryRead_MarksAndProbes_AreNone()
    {
        RedisKeys keys = new("f:");
        Assert.False(keys.TryRead(keys.BirthOf(7, 0), out _, out _));
        for (int number = 0; number < 100_000; number += 9)
        {
            Assert.False(keys.TryRead(keys.Probe(number), out _, out _));
        }

        Assert.False(keys.TryRead(keys.QuarantineOf(new StateKey(1, 2, 3)), out _, out _));
    }

    [Fact]
    public void Pattern_PrefixWithWildcards_IsEscaped() => Assert.Equal(@"a\*\[b\]*", new RedisKeys("a*[b]").Pattern);
}
