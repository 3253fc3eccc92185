using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using Serving.Features.Types;

namespace Serving.Features.Evaluation;

/// <summary>Digests and buckets of present values (section 3.6, R69, R73).</summary>
internal static class ValueDigest
{
    /// <summary>XXH64 of the type tag and the value's bytes.</summary>
    public static ulong Of(Value value, ulong seed) => XxHash64.HashToUInt64([.. Tagged(value)], (long)seed);

    /// <summary>XXH64 of the little-endian unseeded digests of a cross's members in order, under its seed.</summary>
    public static ulong OfCross(IEnumerable<Value> members, ulong seed) =>
        XxHash64.HashToUInt64([.. members.SelectMany(member => LittleEndian(Of(member, 0)))], (long)seed);

    /// <summary>Id of a digest among n buckets (R106): 2 + the high 64 bits of digest * n.</summary>
    public static Value IdOf(ulong digest, long buckets) => Value.OfId(((new BigInteger(digest) * buckets) >> 64) + 2);

    private static byte[] Tagged(Value value) => value.Kind switch
    {
        TypeKind.Bool => [1, value.IsTrue ? (byte)1 : (byte)0],
        TypeKind.Int => [2, .. LittleEndian((ulong)(long)value.Whole)],
        TypeKind.Float => [3, .. LittleEndian(BitConverter.DoubleToUInt64Bits(value.Real))],
        TypeKind.Decimal => [4, (byte)value.Scale, .. LittleEndian((ulong)(long)value.Whole)],
        TypeKind.String => [5, .. value.Text],
        TypeKind.Time => [6, .. LittleEndian((ulong)(long)value.Whole)],
        TypeKind.Id => [7, .. LittleEndian((ulong)value.Whole)[..4]],
        _ => throw new InvalidOperationException($"{value.Kind} has no digest"),
    };

    private static byte[] LittleEndian(ulong number)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return bytes;
    }
}
