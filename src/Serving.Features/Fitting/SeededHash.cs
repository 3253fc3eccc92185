using System.IO.Hashing;
using System.Security.Cryptography;

namespace Serving.Features.Fitting;

/// <summary>
/// Hashes of values under a secret of the process, so that no file can be written whose values all fall into one slot.
/// The secret never shows in a result: what leaves a table is sorted.
/// </summary>
internal static class SeededHash
{
    private static readonly ulong Secret = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>Hash of 64 bits: both halves of a 128-bit product, folded.</summary>
    public static ulong Of(ulong value)
    {
        ulong high = Math.BigMul(value ^ Secret, 0x9E3779B97F4A7C15, out ulong low);
        return Math.BigMul(high ^ low ^ Secret, 0xD6E8FEB86659FD93, out ulong last) ^ last;
    }

    /// <summary>Hash of bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes, (long)Secret);
}
