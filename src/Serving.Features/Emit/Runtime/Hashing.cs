using System.Buffers.Binary;
using Serving.Features.Types;

namespace Serving.Features.Emit.Runtime;

/// <summary>
/// Hashes of values as emitted code calls them (section 3.6, R69 - R74): XXH64 of a type tag and the value's bytes.
/// </summary>
internal static class Hashing
{
    private const byte BoolTag = 1;
    private const byte IntTag = 2;
    private const byte FloatTag = 3;
    private const byte DecimalTag = 4;
    private const byte TextTag = 5;
    private const byte TimeTag = 6;
    private const byte IdTag = 7;

    public static ulong DigestBool(long value, ulong seed) => ShortHash.OfTwoBytes(BoolTag, (byte)value, seed);

    public static ulong DigestInt(long value, ulong seed) => ShortHash.OfByteAndWord(IntTag, (ulong)value, seed);

    public static ulong DigestTime(long value, ulong seed) => ShortHash.OfByteAndWord(TimeTag, (ulong)value, seed);

    /// <summary>Of a float by its bits.</summary>
    public static ulong DigestFloat(long bits, ulong seed) => ShortHash.OfByteAndWord(FloatTag, (ulong)bits, seed);

    public static ulong DigestDecimal(long minor, int scale, ulong seed) =>
        ShortHash.OfTwoBytesAndWord(DecimalTag, (byte)scale, (ulong)minor, seed);

    public static ulong DigestId(long id, ulong seed) => ShortHash.OfByteAndHalf(IdTag, (uint)id, seed);

    public static ulong DigestText(long text, ulong seed, CompiledFrame frame)
    {
        ReadOnlySpan<byte> bytes = frame.Text(text);
        if (bytes.Length <= ShortHash.TextBytesMax)
        {
            return ShortHash.OfByteAndText(TextTag, bytes, seed);
        }

        Span<byte> tagged = frame.Buffer(bytes.Length + 1)[..(bytes.Length + 1)];
        tagged[0] = TextTag;
        bytes.CopyTo(tagged[1..]);
        return ShortHash.Of(tagged, seed);
    }

    /// <summary>The id of a digest among n buckets: 2 + the high 64 bits of digest * n.</summary>
    public static long BucketOf(ulong digest, ulong buckets) => 2 + (long)Math.BigMul(digest, buckets, out _);

    /// <summary>A list's elements hashed one by one (R74).</summary>
    public static long HashList(long list, int elementKind, int scale, ulong seed, ulong buckets, CompiledFrame frame)
    {
        int count = frame.List(list).Length;
        long result = frame.NewList(count, out Span<long> ids);
        ReadOnlySpan<long> items = frame.List(list);
        for (int index = 0; index < count; index++)
        {
            ulong digest = DigestItem(items[index], (TypeKind)elementKind, scale, seed, frame);
            ids[index] = BucketOf(digest, buckets);
        }

        return result;
    }

    /// <summary>Puts a member's digest at its place in the cross in work.</summary>
    public static void PutMember(ulong digest, int place, CompiledFrame frame) =>
        BinaryPrimitives.WriteUInt64LittleEndian(frame.CrossMembers(place + 1)[(place * 8)..], digest);

    /// <summary>Digest of the members put so far.</summary>
    public static ulong CrossMembers(int count, ulong seed, CompiledFrame frame) =>
        ShortHash.Of(frame.CrossMembers(count)[..(count * 8)], seed);

    /// <summary>A cross with a list at a place: one digest for each element, in order (R71).</summary>
    public static long CrossList(
        long list, int elementKind, int place, int count, ulong seed, CompiledFrame frame)
    {
        int length = frame.List(list).Length;
        long result = frame.NewList(length, out Span<long> digests);
        ReadOnlySpan<long> items = frame.List(list);
        for (int index = 0; index < length; index++)
        {
            PutMember(DigestItem(items[index], (TypeKind)elementKind, 0, 0, frame), place, frame);
            digests[index] = (long)CrossMembers(count, seed, frame);
        }

        return result;
    }

    private static ulong DigestItem(long item, TypeKind kind, int scale, ulong seed, CompiledFrame frame) => kind switch
    {
        TypeKind.Bool => DigestBool(item, seed),
        TypeKind.Int => DigestInt(item, seed),
        TypeKind.Float => DigestFloat(item, seed),
        TypeKind.Decimal => DigestDecimal(item, scale, seed),
        TypeKind.Time => DigestTime(item, seed),
        TypeKind.Id => DigestId(item, seed),
        TypeKind.Digest => (ulong)item,
        _ => DigestText(item, seed, frame),
    };
}
