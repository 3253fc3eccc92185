using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Serving.State.Embedded;

/// <summary>
/// Hash of a blob's address under secret seeds: digests are unseeded, so whoever chooses entity values can choose
/// digests that agree in any bits (hardening.md T4); folding a product with secrets spreads them again.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct SeededKeyHash
{
    private readonly ulong _first;
    private readonly ulong _second;

    public SeededKeyHash(ulong seed)
    {
        _first = Mixed(seed + 0x9E3779B97F4A7C15);
        _second = Mixed(seed + 0x3C6EF372FE94F82A) | 1;
    }

    /// <summary>A seed that nobody can guess.</summary>
    public static ulong RandomSeed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>The hash; all 64 bits may be used.</summary>
    public ulong Of(uint set, ulong digest)
    {
        ulong high = Math.BigMul(digest ^ _first, _second ^ ((ulong)set << 20), out ulong low);
        high = Math.BigMul(high ^ low, 0x9E3779B97F4A7C15, out low);
        return high ^ low;
    }

    private static ulong Mixed(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
