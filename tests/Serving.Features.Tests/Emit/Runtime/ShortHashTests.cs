using System.Buffers.Binary;
using System.IO.Hashing;
using Serving.Features.Emit.Runtime;
using Xunit;

namespace Serving.Features.Tests.Emit.Runtime;

/// <summary>The short hashes against the library's XXH64 of the same bytes.</summary>
public sealed class ShortHashTests
{
    private readonly Random _random = new(11);

    [Fact]
    public void Of_EveryLength_EqualsTheLibrary()
    {
        for (int length = 0; length < 80; length++)
        {
            byte[] bytes = Bytes(length);
            ulong seed = Seed();
            Assert.Equal(Library(bytes, seed), ShortHash.Of(bytes, seed));
        }
    }

    [Fact]
    public void OfByteAndText_EveryLength_EqualsTheLibrary()
    {
        for (int length = 0; length <= ShortHash.TextBytesMax; length++)
        {
            byte[] bytes = Bytes(length + 1);
            ulong seed = Seed();
            Assert.Equal(Library(bytes, seed), ShortHash.OfByteAndText(bytes[0], bytes.AsSpan(1), seed));
        }
    }

    [Fact]
    public void FixedShapes_RandomValues_EqualTheLibrary()
    {
        for (int i = 0; i < 200; i++)
        {
            byte[] b = Bytes(10);
            ulong seed = Seed();
            ulong behindOne = BinaryPrimitives.ReadUInt64LittleEndian(b.AsSpan(1));
            ulong behindTwo = BinaryPrimitives.ReadUInt64LittleEndian(b.AsSpan(2));
            uint half = BinaryPrimitives.ReadUInt32LittleEndian(b.AsSpan(1));
            Assert.Equal(Library(b.AsSpan(0, 2), seed), ShortHash.OfTwoBytes(b[0], b[1], seed));
            Assert.Equal(Library(b.AsSpan(0, 5), seed), ShortHash.OfByteAndHalf(b[0], half, seed));
            Assert.Equal(Library(b.AsSpan(0, 9), seed), ShortHash.OfByteAndWord(b[0], behindOne, seed));
            Assert.Equal(Library(b, seed), ShortHash.OfTwoBytesAndWord(b[0], b[1], behindTwo, seed));
        }
    }

    private static ulong Library(ReadOnlySpan<byte> bytes, ulong seed) => XxHash64.HashToUInt64(bytes, (long)seed);

    private ulong Seed() => (ulong)_random.NextInt64(long.MinValue, long.MaxValue);

    private byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }
}
