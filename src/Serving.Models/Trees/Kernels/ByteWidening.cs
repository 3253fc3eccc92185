using System.Numerics;
using Serving.Data;

namespace Serving.Models.Trees.Kernels;

/// <summary>Copies bytes into wider integers: the answers of categorical tests become keys.</summary>
[HotPath]
internal static class ByteWidening
{
    /// <summary>Copies bytes into 64-bit keys.</summary>
    public static void Widen(ReadOnlySpan<byte> bytes, Span<long> keys)
    {
        int width = Vector<byte>.Count;
        int quarter = Vector<uint>.Count;
        int i = 0;
        for (; i <= bytes.Length - width; i += width)
        {
            Vector.Widen(new Vector<byte>(bytes[i..]), out Vector<ushort> low, out Vector<ushort> high);
            Vector.Widen(low, out Vector<uint> a, out Vector<uint> b);
            Vector.Widen(high, out Vector<uint> c, out Vector<uint> d);
            Store(a, keys[i..]);
            Store(b, keys[(i + quarter)..]);
            Store(c, keys[(i + (2 * quarter))..]);
            Store(d, keys[(i + (3 * quarter))..]);
        }

        for (; i < bytes.Length; i++)
        {
            keys[i] = bytes[i];
        }
    }

    /// <summary>Copies bytes into 32-bit keys.</summary>
    public static void Widen(ReadOnlySpan<byte> bytes, Span<int> keys)
    {
        int width = Vector<byte>.Count;
        int quarter = Vector<uint>.Count;
        int i = 0;
        for (; i <= bytes.Length - width; i += width)
        {
            Vector.Widen(new Vector<byte>(bytes[i..]), out Vector<ushort> low, out Vector<ushort> high);
            Vector.Widen(low, out Vector<uint> a, out Vector<uint> b);
            Vector.Widen(high, out Vector<uint> c, out Vector<uint> d);
            Vector.AsVectorInt32(a).CopyTo(keys[i..]);
            Vector.AsVectorInt32(b).CopyTo(keys[(i + quarter)..]);
            Vector.AsVectorInt32(c).CopyTo(keys[(i + (2 * quarter))..]);
            Vector.AsVectorInt32(d).CopyTo(keys[(i + (3 * quarter))..]);
        }

        for (; i < bytes.Length; i++)
        {
            keys[i] = bytes[i];
        }
    }

    private static void Store(Vector<uint> values, Span<long> keys)
    {
        Vector.Widen(values, out Vector<ulong> low, out Vector<ulong> high);
        Vector.AsVectorInt64(low).CopyTo(keys);
        Vector.AsVectorInt64(high).CopyTo(keys[Vector<ulong>.Count..]);
    }
}
